import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1DeviceClass } from '../generated/types.ts'
import { defineKind } from '../kind.ts'
import { validateDeviceClass } from '../validation/device-class.ts'

/** What devices of a sort have in common: how they are chosen, and how they are set up. */
export type DeviceClass = ClusterScoped<V1DeviceClass>

export const deviceClasses = defineKind<DeviceClass>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  scope: 'Cluster',
  model: 'V1DeviceClass',
  hasGeneration: true,
  validate: validateDeviceClass,
})
