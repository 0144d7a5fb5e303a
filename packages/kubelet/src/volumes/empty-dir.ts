import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readFile, rm } from 'node:fs/promises'
import { promisify } from 'node:util'

import type { V1EmptyDirVolumeSource } from '@quarterdeck/api'
import { valueOf } from '@quarterdeck/api-machinery'

const run = promisify(execFile)

/** Makes the folder; one of medium Memory is a file system in memory, limited to the size limit if there is one. */
export async function prepareEmptyDir(folder: string, source: V1EmptyDirVolumeSource, group: number | undefined): Promise<string> {
  await mkdir(folder, { recursive: true })
  if (source.medium === 'Memory' && !(await mountsUnder(folder)).includes(folder)) {
    const size = source.sizeLimit === undefined ? [] : ['-o', `size=${valueOf(source.sizeLimit)}`]
    await run('mount', ['-t', 'tmpfs', ...size, 'tmpfs', folder])
  }
  await chmod(folder, group === undefined ? 0o777 : 0o2777)
  if (group !== undefined) await chown(folder, 0, group)
  return folder
}

/** Deletes a folder after taking away what is mounted in it. Fails, deleting nothing, if that cannot be taken away. */
export async function removeFolder(folder: string): Promise<void> {
  for (const mount of (await mountsUnder(folder)).toReversed()) await run('umount', [mount])
  await rm(folder, { recursive: true, force: true })
}

async function mountsUnder(folder: string): Promise<string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  return table
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))))
    .filter((path) => path === folder || path.startsWith(`${folder}/`))
}
