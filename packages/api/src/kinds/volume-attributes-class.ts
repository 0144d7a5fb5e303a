import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1VolumeAttributesClass } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateVolumeAttributesClass, validateVolumeAttributesClassUpdate } from '../validation/volume-attributes-class.ts'

export type VolumeAttributesClass = ClusterScoped<V1VolumeAttributesClass>

export const volumeAttributesClasses = defineKind<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  scope: 'Cluster',
  model: 'V1VolumeAttributesClass',
  shortNames: ['vac'],
  columns: [
    nameColumn,
    { name: 'DriverName', type: 'string', description: 'The CSI driver it is for.', priority: 0, value: (o) => o.driverName },
    ageColumn,
  ],
  validate: validateVolumeAttributesClass,
  validateUpdate: validateVolumeAttributesClassUpdate,
})
