import { mkdir, open, stat } from 'node:fs/promises'

import type { V1HostPathVolumeSource } from '@quarterdeck/api'

import { VolumeError } from './payload.ts'

/** Checks what is at the path against the volume's type, making it where the type says so. */
export async function prepareHostPath({ path, type }: V1HostPathVolumeSource): Promise<string> {
  const wanted = type ?? ''
  if (wanted === 'DirectoryOrCreate') await mkdir(path, { recursive: true, mode: 0o755 })
  if (wanted === 'FileOrCreate') await (await open(path, 'a', 0o644)).close()
  const found = await stat(path).catch(() => undefined)
  if (wanted === '') {
    // The engine does not bind what is not there; Kubernetes leaves it to the engine, which makes a folder.
    if (!found) await mkdir(path, { recursive: true, mode: 0o755 })
    return path
  }
  const isRight: Record<string, boolean | undefined> = {
    Directory: found?.isDirectory(),
    DirectoryOrCreate: found?.isDirectory(),
    File: found?.isFile(),
    FileOrCreate: found?.isFile(),
    Socket: found?.isSocket(),
    CharDevice: found?.isCharacterDevice(),
    BlockDevice: found?.isBlockDevice(),
  }
  if (!isRight[wanted]) throw new VolumeError(`hostPath type check failed: ${path} is not a ${describe(wanted)}`)
  return path
}

const describe = (type: string): string =>
  type.startsWith('Directory')
    ? 'directory'
    : type.startsWith('File')
      ? 'file'
      : type === 'Socket'
        ? 'socket file'
        : type === 'CharDevice'
          ? 'character device'
          : 'block device'
