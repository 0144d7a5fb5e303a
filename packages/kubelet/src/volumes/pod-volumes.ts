import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'

import type { Pod, V1Volume } from '@quarterdeck/api'

import type { PodFolders } from '../pods/pod-folders.ts'
import { writeAtomically } from './atomic-writer.ts'
import type { ClaimedVolumes } from './claimed-volumes.ts'
import { prepareEmptyDir } from './empty-dir.ts'
import { prepareHostPath } from './host-path.ts'
import { type Payload, VolumeError } from './payload.ts'
import { payloadOf, type SourceContext } from './sources.ts'

/** Where each of a pod's volumes is on this machine, by name. */
export type VolumePaths = ReadonlyMap<string, string>

/** Makes the volumes of pods and keeps those that show API objects up to date. */
export class PodVolumes {
  readonly #folders: PodFolders
  readonly #claimed: ClaimedVolumes
  /** What was last written, by volume folder: nothing is written twice. */
  readonly #written = new Map<string, string>()

  constructor(folders: PodFolders, claimed: ClaimedVolumes) {
    this.#folders = folders
    this.#claimed = claimed
  }

  /** Idempotent; also how changed objects reach the files. Throws VolumeError naming the volume that cannot be made. */
  async setUp(context: SourceContext): Promise<VolumePaths> {
    const paths = new Map<string, string>()
    for (const volume of context.pod.spec.volumes ?? []) {
      try {
        paths.set(volume.name, await this.#prepare(context, volume))
      } catch (error) {
        throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`, { cause: error })
      }
    }
    return paths
  }

  forget(podUid: string): void {
    const prefix = this.#folders.volumes(podUid)
    for (const folder of this.#written.keys()) if (folder.startsWith(prefix)) this.#written.delete(folder)
  }

  async #prepare(context: SourceContext, volume: V1Volume): Promise<string> {
    const { pod } = context
    const group = fsGroupOf(pod)
    const folder = this.#folders.volume(pod.metadata.uid, volume.name)
    if (volume.persistentVolumeClaim ?? volume.ephemeral) return this.#claimed.setUp(pod, volume, context.objects)
    if (volume.hostPath) return prepareHostPath(volume.hostPath)
    if (volume.emptyDir) return prepareEmptyDir(folder, volume.emptyDir, group)
    const payload = await payloadOf(context, volume)
    if (!payload) throw new VolumeError(`volumes of type ${typeOf(volume)} are not supported on this node`)
    const hash = hashOf(payload)
    if (this.#written.get(folder) !== hash) {
      await mkdir(folder, { recursive: true })
      await writeAtomically(folder, payload, group)
      this.#written.set(folder, hash)
    }
    return folder
  }
}

export const fsGroupOf = (pod: Pod): number | undefined => pod.spec.securityContext?.fsGroup

const typeOf = (volume: V1Volume): string => Object.keys(volume).find((key) => key !== 'name') ?? 'unknown'

function hashOf(payload: Payload): string {
  const hash = createHash('sha256')
  for (const [path, file] of payload) hash.update(`${path}\0${file.mode}\0${file.content.length}\0`).update(file.content)
  return hash.digest('base64')
}
