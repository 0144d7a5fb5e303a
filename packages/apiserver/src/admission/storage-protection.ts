import { claimProtectionFinalizer, persistentVolumeClaims, persistentVolumes, volumeProtectionFinalizer } from '@quarterdeck/api'

import type { AdmissionPlugin } from './admission.ts'

const finalizers: Readonly<Record<string, string>> = {
  [persistentVolumeClaims.resource]: claimProtectionFinalizer,
  [persistentVolumes.resource]: volumeProtectionFinalizer,
}

/** Claims and volumes stay while they are in use (StorageObjectInUseProtection): controllers take the finalizers off. */
export const storageProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  resources: Object.keys(finalizers),
  operations: ['CREATE'],
  admit({ kind, object }) {
    const finalizer = finalizers[kind.resource]
    if (!object || !finalizer || object.metadata.finalizers?.includes(finalizer)) return
    object.metadata.finalizers = [...(object.metadata.finalizers ?? []), finalizer]
  },
}
