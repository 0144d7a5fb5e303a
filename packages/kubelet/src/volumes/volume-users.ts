import { mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'

import type { PodFolders } from '../pods/pod-folders.ts'

/**
 * Which pods of this node use which persistent volumes. A link in the pod's folder to the place of the volume is the record: it is
 * there before a container is, outlives the agent, and goes with the folder once nothing of the pod runs any more.
 */
export class VolumeUsers {
  readonly #folders: PodFolders

  constructor(folders: PodFolders) {
    this.#folders = folders
  }

  /** Whether the pod was let use the volume at this path, under the name it has in the pod. */
  async has(podUid: string, volumeName: string, path: string): Promise<boolean> {
    return (await this.#target(podUid, volumeName)) === path
  }

  async add(podUid: string, volumeName: string, path: string): Promise<void> {
    const link = this.#folders.volume(podUid, volumeName)
    await mkdir(dirname(link), { recursive: true })
    await rm(link, { force: true })
    await symlink(path, link)
  }

  /** Uids of the pods that use the volume at a path. Reads the folders of all pods of the node. */
  async of(path: string): Promise<string[]> {
    const uids = await this.#folders.list()
    const uses = await Promise.all(uids.map((uid) => this.#uses(uid, path)))
    return uids.filter((_, i) => uses[i])
  }

  async #uses(podUid: string, path: string): Promise<boolean> {
    for (const name of await readdir(this.#folders.volumes(podUid)).catch(() => [])) if (await this.has(podUid, name, path)) return true
    return false
  }

  /** Undefined for what is no link. */
  #target(podUid: string, volumeName: string): Promise<string | undefined> {
    return readlink(this.#folders.volume(podUid, volumeName)).catch(() => undefined)
  }
}
