import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { SettingError } from '@quarterdeck/process'

/** Raised when what is kept in the directory changes its form. */
const formatVersion = 1
const minFreeBytes = 512 * 1024 * 1024

/** Paths inside the data directory. */
export interface DataDirectory {
  path: string
  postgres: string
  credentials: string
  node: string
  logs: string
  /** Lets another start use it. */
  release(): void
}

/** Claims a directory for this process. Throws SettingError when it is in use, of another version, or on a full disk. */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  try {
    makeFolder(path)
  } catch (error) {
    throw new SettingError(`the data directory ${path} cannot be made: ${(error as Error).message}`)
  }
  checkVersion(path)
  const { bavail, bsize } = await statfs(path)
  if (bavail * bsize < minFreeBytes)
    throw new SettingError(
      `the disk of ${path} is full: ${Math.floor((bavail * bsize) / 1048576)} MiB are free, ${minFreeBytes / 1048576} MiB are needed`,
    )
  const lock = claim(path)
  const folder = (name: string): string => {
    mkdirSync(join(path, name), { recursive: true })
    return join(path, name)
  }
  return {
    path,
    postgres: join(path, 'postgres'),
    credentials: join(path, 'credentials'),
    node: folder('node'),
    logs: folder('logs'),
    release: () => rmSync(lock, { force: true }),
  }
}

/** One folder at a time: where none can be made, as under /proc, Node's own way to make all of them never ends. */
function makeFolder(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return
  if (dirname(path) !== path) makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o755 })
}

function checkVersion(path: string): void {
  const file = join(path, 'version')
  try {
    const found = readFileSync(file, 'utf8').trim()
    if (found !== String(formatVersion))
      throw new SettingError(
        `the data directory ${path} was made by another version (format ${found}, this one reads ${formatVersion}): start that version, or choose another directory with --data`,
      )
  } catch (error) {
    if (error instanceof SettingError) throw error
    try {
      writeFileSync(file, `${formatVersion}\n`)
    } catch (writeError) {
      throw new SettingError(`the data directory ${path} cannot be written: ${(writeError as Error).message}`)
    }
  }
}

/** The lock names the process that holds it; one whose process is gone is taken over. */
function claim(path: string): string {
  const file = join(path, 'lock')
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return file
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new SettingError(`the data directory ${path} cannot be written: ${(error as Error).message}`)
      const holder = Number(readFileSync(file, 'utf8'))
      if (holder && isQuarterdeck(holder))
        throw new SettingError(
          `Quarterdeck is running on ${path} already (process ${holder}): stop it, or choose another directory with --data`,
        )
      rmSync(file, { force: true })
    }
  }
}

/** A process id is used again by others: only one that runs our launcher counts. */
function isQuarterdeck(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  try {
    return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('quarterdeck')
  } catch {
    return pid !== process.pid
  }
}
