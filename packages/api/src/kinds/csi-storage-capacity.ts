import { canonicalQuantity, type Namespaced } from '@quarterdeck/api-machinery'

import type { V1CSIStorageCapacity } from '../generated/types.ts'
import { defineKind, nameColumn } from '../kind.ts'
import { validateCsiStorageCapacity, validateCsiStorageCapacityUpdate } from '../validation/csi-storage-capacity.ts'

export type CSIStorageCapacity = Namespaced<V1CSIStorageCapacity>

export const csiStorageCapacities = defineKind<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  scope: 'Namespaced',
  model: 'V1CSIStorageCapacity',
  columns: [
    nameColumn,
    {
      name: 'StorageClassName',
      type: 'string',
      description: 'Class of the volumes that can be made.',
      priority: 0,
      value: (o) => o.storageClassName,
    },
    {
      name: 'Capacity',
      type: 'string',
      description: 'How much is free.',
      priority: 0,
      value: (o) => (o.capacity === undefined ? '<unset>' : canonicalQuantity(o.capacity)),
    },
  ],
  validate: validateCsiStorageCapacity,
  validateUpdate: validateCsiStorageCapacityUpdate,
})
