import { localPath, type PersistentVolume, persistentVolumes, volumeProtectionFinalizer } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { createInformer, type Logger, WorkQueue } from '@quarterdeck/controller-runtime'

/** Where simulated nodes say that their volumes are; there is nothing. */
export const simVolumeFolder = '/simulated/local-volumes'

export interface SimVolumesOptions {
  client: Client
  /** Names of the nodes that are played. */
  nodes: { has(name: string): boolean }
  concurrency: number
  log: Logger
  signal: AbortSignal
}

/** Lets deleted local volumes of simulated nodes go, as a node does that has removed their folder. Resolves when the signal aborts. */
export async function playVolumes({ client, nodes, concurrency, log, signal }: SimVolumesOptions): Promise<void> {
  const queue = new WorkQueue({ name: 'sim-volumes' })
  const informer = createInformer(client, persistentVolumes, { labelSelector: localPath.nodeLabel, signal, log })
  const isToRelease = ({ metadata: { labels, deletionTimestamp, finalizers = [] } }: PersistentVolume): boolean =>
    deletionTimestamp !== undefined &&
    finalizers.includes(localPath.finalizer) &&
    !finalizers.includes(volumeProtectionFinalizer) &&
    nodes.has(labels?.[localPath.nodeLabel] ?? '')
  informer.onChange(({ type, object }) => {
    if (type !== 'deleted' && isToRelease(object)) queue.add(object.metadata.name)
  })
  const handle = async (name: string): Promise<void> => {
    const volume = informer.get(name)
    if (!volume || !isToRelease(volume)) return
    const finalizers = volume.metadata.finalizers?.filter((finalizer) => finalizer !== localPath.finalizer)
    try {
      await client.update(persistentVolumes, { ...volume, metadata: { ...volume.metadata, finalizers } })
      queue.forget(name)
    } catch (error) {
      if (!isApiError(error, 'NotFound', 'Conflict')) log.warn('a simulated volume could not be let go', { name, error })
      queue.addRateLimited(name)
    }
  }
  await queue.work({ concurrency, signal, handle })
}
