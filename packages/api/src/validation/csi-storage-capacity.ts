import { dns1123SubdomainErrors, invalidField, parseQuantity, type FieldError } from '@quarterdeck/api-machinery'

import type { CSIStorageCapacity } from '../kinds/csi-storage-capacity.ts'
import { validateLabelSelector } from '../pod-spec/validate-selector.ts'
import { immutableField } from './immutable.ts'

export function validateCsiStorageCapacity(object: CSIStorageCapacity): FieldError[] {
  const { nodeTopology, storageClassName = '', capacity } = object
  return [
    ...(nodeTopology ? validateLabelSelector(nodeTopology, 'nodeTopology') : []),
    ...dns1123SubdomainErrors(storageClassName).map((m) => invalidField('storageClassName', storageClassName, m)),
    ...((parseQuantity(capacity ?? '0')?.nano ?? 0n) < 0n
      ? [invalidField('capacity', capacity, 'must be greater than or equal to 0')]
      : []),
  ]
}

export function validateCsiStorageCapacityUpdate(object: CSIStorageCapacity, old: CSIStorageCapacity): FieldError[] {
  return [
    ...immutableField(object.nodeTopology, old.nodeTopology, 'nodeTopology'),
    ...immutableField(object.storageClassName, old.storageClassName, 'storageClassName'),
  ]
}
