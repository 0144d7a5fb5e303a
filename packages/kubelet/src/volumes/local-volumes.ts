import { chmod, mkdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'

import type { PersistentVolume } from '@quarterdeck/api'

import { removeFolder } from './empty-dir.ts'
import { VolumeError } from './payload.ts'

/** The folders of the local volumes that this node keeps: `<dataDir>/local-volumes/<name of the volume>`, and nothing outside. */
export class LocalVolumes {
  readonly folder: string

  constructor(dataDir: string) {
    this.folder = resolve(dataDir, 'local-volumes')
  }

  /** Makes the folder, if it is not there, open to whatever user a container runs as. */
  async ensure(volume: PersistentVolume): Promise<string> {
    const path = this.pathOf(volume)
    if (await mkdir(path, { recursive: true })) await chmod(path, 0o777)
    return path
  }

  /** Removes the folder with everything in it; one that is not there is removed already. */
  async remove(volume: PersistentVolume): Promise<void> {
    await removeFolder(this.pathOf(volume))
  }

  /** Throws VolumeError unless the volume says that it is where this node keeps it. */
  pathOf({ metadata: { name }, spec }: PersistentVolume): string {
    const path = join(this.folder, name)
    if (basename(path) === name && name !== '..' && name !== '.' && spec.local?.path === path) return path
    throw new VolumeError(`the local volume ${name} is at ${spec.local?.path ?? 'no path'}, but this node keeps it at ${path}`)
  }
}
