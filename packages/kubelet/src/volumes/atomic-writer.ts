import { chown, mkdir, readdir, readlink, rename, rm, symlink, unlink, writeFile, chmod } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import type { Payload } from './payload.ts'

const dataLink = '..data'
const newDataLink = '..data_tmp'

/**
 * Writes a volume's files so that readers see either all of the old or all of the new: into a folder of its own, to
 * which the link `..data` is then turned in one step; what users open are links through it. `group` owns the files if given.
 */
export async function writeAtomically(folder: string, payload: Payload, group?: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  const version = `..${new Date().toISOString().replaceAll(/[-:T.Z]/g, '_')}${Math.random().toString(36).slice(2, 8)}`
  await writeFiles(join(folder, version), payload, group)
  await rm(join(folder, newDataLink), { force: true })
  await symlink(version, join(folder, newDataLink))
  await rename(join(folder, newDataLink), join(folder, dataLink))
  await linkTopLevel(folder, payload)
  await removeOld(folder, payload, version)
}

async function writeFiles(folder: string, payload: Payload, group: number | undefined): Promise<void> {
  await mkdir(folder)
  await chmod(folder, 0o755)
  for (const [path, file] of payload) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, file.content)
    // Set after writing: the umask takes bits from the mode of a new file.
    await chmod(target, group === undefined ? file.mode : file.mode | 0o440)
    if (group !== undefined) await chown(target, 0, group)
  }
}

const topOf = (path: string): string => path.split('/')[0] ?? path

async function linkTopLevel(folder: string, payload: Payload): Promise<void> {
  for (const name of new Set([...payload.keys()].map(topOf))) {
    const target = join(dataLink, name)
    const found = await readlink(join(folder, name)).catch(() => undefined)
    if (found === target) continue
    await rm(join(folder, name), { recursive: true, force: true })
    await symlink(target, join(folder, name))
  }
}

/** Also takes away what a writer that was killed left behind. */
async function removeOld(folder: string, payload: Payload, version: string): Promise<void> {
  const wanted = new Set([...[...payload.keys()].map(topOf), version, dataLink])
  for (const name of await readdir(folder)) {
    if (wanted.has(name)) continue
    if (name.startsWith('..')) await rm(join(folder, name), { recursive: true, force: true })
    else await unlink(join(folder, name))
  }
}
