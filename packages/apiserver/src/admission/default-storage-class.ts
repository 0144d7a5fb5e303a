import {
  defaultClassOf,
  namesStorageClass,
  persistentVolumeClaims,
  storageClasses,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@quarterdeck/api'

import type { AdmissionPlugin } from './admission.ts'

/** Gives a claim that says nothing of its class the cluster's default one, if there is one (DefaultStorageClass). */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  resources: [persistentVolumeClaims.resource],
  operations: ['CREATE'],
  async admit({ object, reader }) {
    const claim = object as PersistentVolumeClaim
    if (namesStorageClass(claim)) return
    const classes = (await reader.list(storageClasses.resource)).map((stored) => stored.object as StorageClass)
    const chosen = defaultClassOf(classes)
    if (chosen) claim.spec.storageClassName = chosen.metadata.name
  },
}
