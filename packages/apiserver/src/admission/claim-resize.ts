import { persistentVolumeClaims, storageClasses, storageClassNameOf, type PersistentVolumeClaim, type StorageClass } from '@quarterdeck/api'
import { compareQuantities, forbidden } from '@quarterdeck/api-machinery'

import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'

const notAllowed = 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'

/** Lets a claim grow only if it is bound and its class allows it (PersistentVolumeClaimResize). */
export const claimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  resources: [persistentVolumeClaims.resource],
  operations: ['UPDATE'],
  async admit({ object, old, name, reader }) {
    const claim = object as PersistentVolumeClaim
    const before = old as PersistentVolumeClaim
    if (compareQuantities(sizeOf(claim), sizeOf(before)) <= 0) return
    const target = { group: '', resource: persistentVolumeClaims.plural }
    if (before.status.phase !== 'Bound') throw forbidden(target, name, 'Only bound persistent volume claims can be expanded')
    if (!(await allowsGrowth(storageClassNameOf(claim), storageClassNameOf(before), reader))) throw forbidden(target, name, notAllowed)
  },
}

const sizeOf = ({ spec }: PersistentVolumeClaim): string => spec.resources?.requests?.['storage'] ?? '0'

async function allowsGrowth(className: string, before: string, reader: AdmissionAttributes['reader']): Promise<boolean> {
  if (!className || className !== before) return false
  const stored = await reader.read(storageClasses.resource, '', className)
  return (stored?.object as StorageClass | undefined)?.allowVolumeExpansion ?? false
}
