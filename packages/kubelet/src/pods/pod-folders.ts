import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { removeFolder } from '../volumes/empty-dir.ts'

/** Where the files of each pod are: `<dataDir>/pods/<uid>/…`. */
export class PodFolders {
  readonly #root: string

  constructor(dataDir: string) {
    this.#root = join(dataDir, 'pods')
  }

  async ensure(podUid: string): Promise<string> {
    const folder = join(this.#root, podUid)
    await mkdir(join(folder, 'volumes'), { recursive: true, mode: 0o755 })
    return folder
  }

  volumes(podUid: string): string {
    return join(this.#root, podUid, 'volumes')
  }

  /** Folder of one volume, or the link to where it is. */
  volume(podUid: string, volumeName: string): string {
    return join(this.volumes(podUid), volumeName)
  }

  hosts(podUid: string): string {
    return join(this.#root, podUid, 'etc-hosts')
  }

  resolvConf(podUid: string): string {
    return join(this.#root, podUid, 'resolv.conf')
  }

  terminationLog(podUid: string, container: string, attempt: number): string {
    return join(this.#root, podUid, 'containers', container, String(attempt))
  }

  /** Uids of the pods that have a folder. */
  async list(): Promise<string[]> {
    return readdir(this.#root).catch(() => [])
  }

  async remove(podUid: string): Promise<void> {
    await removeFolder(join(this.#root, podUid))
  }
}

/** Removes what every pod kept on this machine. */
export async function removePodFolders(dataDir: string): Promise<void> {
  const folders = new PodFolders(dataDir)
  for (const uid of await folders.list()) await folders.remove(uid)
}
