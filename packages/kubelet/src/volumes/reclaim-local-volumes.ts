import { localPath, type PersistentVolume, persistentVolumes, volumeProtectionFinalizer } from '@quarterdeck/api'
import { absentIfNotFound, type Client } from '@quarterdeck/client'
import { type Clock, createInformer, type EventRecorder, type Informer, type Logger, WorkQueue } from '@quarterdeck/controller-runtime'

import type { LocalVolumes } from './local-volumes.ts'
import type { VolumeUsers } from './volume-users.ts'

export interface ReclaimOptions {
  client: Client
  nodeName: string
  local: LocalVolumes
  users: VolumeUsers
  recorder: EventRecorder
  clock: Clock
  log: Logger
  signal: AbortSignal
}

const lookAgainMs = 1_000

/**
 * Removes the folders of this node's local volumes that were deleted, then lets the volumes go: killed between the two, it finds the
 * volume again and a folder that is not there. A volume whose policy is Retain goes without its folder. Resolves when the signal aborts.
 */
export async function reclaimLocalVolumes(options: ReclaimOptions): Promise<void> {
  const { client, nodeName, clock, log, signal } = options
  const informer = createInformer(client, persistentVolumes, { labelSelector: `${localPath.nodeLabel}=${nodeName}`, signal, log })
  const queue = new WorkQueue({ name: 'local-volumes', clock })
  informer.onChange(({ type, object }) => {
    if (type !== 'deleted' && isToReclaim(object)) queue.add(object.metadata.name)
  })
  await queue.work({ concurrency: 2, signal, handle: (name) => handle(name, { informer, queue, options }) })
}

interface Work {
  informer: Informer<PersistentVolume>
  queue: WorkQueue
  options: ReclaimOptions
}

async function handle(name: string, { informer, queue, options }: Work): Promise<void> {
  const volume = informer.get(name)
  if (!volume || !isToReclaim(volume)) return queue.forget(name)
  try {
    if (await reclaim(volume, options)) queue.forget(name)
    else queue.addAfter(name, lookAgainMs)
  } catch (error) {
    options.log.warn('a local volume could not be removed and will be tried again', { volume: name, error })
    options.recorder.event(volume, 'Warning', 'VolumeFailedDelete', (error as Error).message)
    queue.addRateLimited(name)
  }
}

/** Deleted, and no claim has it any more. */
function isToReclaim({ metadata: { deletionTimestamp, finalizers = [] } }: PersistentVolume): boolean {
  return deletionTimestamp !== undefined && finalizers.includes(localPath.finalizer) && !finalizers.includes(volumeProtectionFinalizer)
}

/** False while a pod's containers may still write to it. */
async function reclaim(volume: PersistentVolume, { client, local, users }: ReclaimOptions): Promise<boolean> {
  if ((await users.of(local.pathOf(volume))).length > 0) return false
  if (volume.spec.persistentVolumeReclaimPolicy === 'Delete') await local.remove(volume)
  const finalizers = volume.metadata.finalizers?.filter((name) => name !== localPath.finalizer)
  await client.update(persistentVolumes, { ...volume, metadata: { ...volume.metadata, finalizers } }).catch(absentIfNotFound)
  return true
}
