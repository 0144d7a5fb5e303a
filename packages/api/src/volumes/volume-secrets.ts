import type { V1PersistentVolumeSpec, V1Volume } from '../generated/types.ts'

export interface SecretReference {
  name: string
  /** Absent: that of the pod, or of the volume's claim. */
  namespace?: string | undefined
}

type VolumeSource = Omit<V1Volume, 'name'> | V1PersistentVolumeSpec

/** The Secrets with which a node attaches a volume of a pod, or a persistent volume, to its storage. */
export function volumeSecretsOf(source: VolumeSource): SecretReference[] {
  const { azureFile, csi } = source
  const references: ({ name?: string | undefined; namespace?: string | undefined } | undefined)[] = [
    source.cephfs?.secretRef,
    source.cinder?.secretRef,
    source.flexVolume?.secretRef,
    source.iscsi?.secretRef,
    source.rbd?.secretRef,
    source.scaleIO?.secretRef,
    source.storageos?.secretRef,
    csi?.nodePublishSecretRef,
    csi && 'nodeStageSecretRef' in csi ? csi.nodeStageSecretRef : undefined,
    csi && 'nodeExpandSecretRef' in csi ? csi.nodeExpandSecretRef : undefined,
    azureFile && { name: azureFile.secretName, ...('secretNamespace' in azureFile ? { namespace: azureFile.secretNamespace } : {}) },
  ]
  return references.flatMap((reference) => (reference?.name ? [{ name: reference.name, namespace: reference.namespace }] : []))
}
