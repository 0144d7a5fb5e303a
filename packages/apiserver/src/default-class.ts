import { defaultClassAnnotation, isDefaultClass, localPath, namespaces, storageClasses } from '@quarterdeck/api'
import { createIfAbsent, type Client } from '@quarterdeck/client'

/** Of the namespace kube-system: the class was made once. */
const madeAnnotation = 'quarterdeck.dev/storage-class-made'
const systemNamespace = { namespace: '', name: 'kube-system' }

/**
 * Gives a new cluster a class of volumes that its nodes make themselves, as the default unless there is one. Only once: who deletes
 * or changes it has the last word.
 */
export async function ensureStorageClass(client: Client): Promise<void> {
  const { metadata } = await client.get(namespaces, systemNamespace)
  if (metadata.annotations?.[madeAnnotation]) return
  const { items } = await client.list(storageClasses)
  const isDefault = !items.some(isDefaultClass)
  await createIfAbsent(client, storageClasses, {
    metadata: { name: localPath.className, ...(isDefault ? { annotations: { [defaultClassAnnotation]: 'true' } } : {}) },
    provisioner: localPath.provisioner,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  })
  await client.patch(namespaces, systemNamespace, { metadata: { annotations: { [madeAnnotation]: 'true' } } }, { type: 'merge' })
}
