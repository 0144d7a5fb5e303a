import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '@quarterdeck/api'
import type { ObjectMeta } from '@quarterdeck/api-machinery'

import { metaOf } from './objects.ts'

interface Extra {
  meta?: Partial<ObjectMeta>
}

export function claimOf(
  name: string,
  spec: PersistentVolumeClaim['spec'] = {},
  extra: Extra & { status?: PersistentVolumeClaim['status'] } = {},
): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metaOf(name, extra.meta),
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'c', ...spec },
    status: extra.status ?? { phase: 'Pending' },
  }
}

export function volumeOf(
  name: string,
  spec: PersistentVolume['spec'] = {},
  extra: Extra & { status?: PersistentVolume['status'] } = {},
): PersistentVolume {
  const { namespace: _, ...metadata } = metaOf(name, extra.meta)
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata,
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      storageClassName: 'c',
      hostPath: { path: '/data' },
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
      ...spec,
    },
    status: extra.status ?? { phase: 'Available' },
  }
}

export function storageClassOf(name: string, extra: Partial<StorageClass> = {}): StorageClass {
  const { namespace: _, ...metadata } = metaOf(name)
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata,
    provisioner: 'example.com/p',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    ...extra,
  }
}

/** The reference by which a volume names its claim. */
export function claimRefOf({ metadata }: PersistentVolumeClaim): NonNullable<PersistentVolume['spec']['claimRef']> {
  return { kind: 'PersistentVolumeClaim', namespace: metadata.namespace, name: metadata.name, uid: metadata.uid }
}
