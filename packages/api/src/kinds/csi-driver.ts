import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1CSIDriver } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateCsiDriver, validateCsiDriverUpdate } from '../validation/csi-driver.ts'

export type CSIDriver = ClusterScoped<V1CSIDriver>

export const csiDrivers = defineKind<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  scope: 'Cluster',
  model: 'V1CSIDriver',
  hasGeneration: true,
  columns: [
    nameColumn,
    {
      name: 'AttachRequired',
      type: 'boolean',
      description: 'Whether volumes are attached to a node before they are mounted.',
      priority: 0,
      value: (o) => o.spec.attachRequired ?? true,
    },
    {
      name: 'PodInfoOnMount',
      type: 'boolean',
      description: 'Whether the driver is told of the pod.',
      priority: 0,
      value: (o) => o.spec.podInfoOnMount ?? false,
    },
    {
      name: 'StorageCapacity',
      type: 'boolean',
      description: 'Whether pods are scheduled by the capacity that the driver reports.',
      priority: 0,
      value: (o) => o.spec.storageCapacity ?? false,
    },
    {
      name: 'TokenRequests',
      type: 'string',
      description: 'Audiences of the tokens the driver gets.',
      priority: 0,
      value: (o) => o.spec.tokenRequests?.map((t) => t.audience).join(',') ?? '<unset>',
    },
    {
      name: 'RequiresRepublish',
      type: 'boolean',
      description: 'Whether mounted volumes are published again now and then.',
      priority: 0,
      value: (o) => o.spec.requiresRepublish ?? false,
    },
    {
      name: 'Modes',
      type: 'string',
      description: 'Kinds of volumes the driver makes.',
      priority: 0,
      value: (o) => o.spec.volumeLifecycleModes?.join(',') || '<none>',
    },
    ageColumn,
  ],
  applyDefaults({ spec }) {
    if (!spec) return
    spec.attachRequired ??= true
    spec.podInfoOnMount ??= false
    spec.storageCapacity ??= false
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent']
    spec.requiresRepublish ??= false
    spec.seLinuxMount ??= false
  },
  validate: validateCsiDriver,
  validateUpdate: validateCsiDriverUpdate,
})
