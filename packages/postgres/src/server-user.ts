import { execFileSync, type SpawnOptions } from 'node:child_process'
import { lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { PostgresStartError } from './start-error.ts'

/** Whom the server runs as: Postgres refuses to run as root. */
export interface ServerUser {
  uid: number
  gid: number
}

const userName = 'postgres'

/** Undefined when we are not root and the server can run as ourselves. As root the system user `postgres`, made if there is none. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  return lookUp() ?? create()
}

function lookUp(): ServerUser | undefined {
  try {
    const read = (flag: string): number => Number(execFileSync('id', [flag, userName], { encoding: 'utf8', stdio: 'pipe' }))
    return { uid: read('-u'), gid: read('-g') }
  } catch {
    return undefined
  }
}

function create(): ServerUser {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', userName], { stdio: 'pipe' })
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new PostgresStartError(
      `Postgres may not run as root, and the user "${userName}" could not be made (${why}): make it, or run as another user.`,
    )
  }
  const made = lookUp()
  if (!made) throw new PostgresStartError(`The user "${userName}" was made but cannot be found: run as another user.`)
  return made
}

export interface Command {
  file: string
  args: string[]
  options: SpawnOptions
}

/**
 * How to run `file`, which must be within its reach, as `user`. A data directory below a private home (/root is 0700) is
 * not, so there the process keeps one right of root: to pass through directories it could not read (CAP_DAC_READ_SEARCH).
 */
export function runAs(user: ServerUser | undefined, file: string, args: string[], dirs: readonly string[]): Command {
  if (!user) return { file, args, options: {} }
  if (dirs.every(isReachableByAll)) return { file, args, options: { uid: user.uid, gid: user.gid } }
  const drop = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
  const keep = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search']
  return { file: 'setpriv', args: [...drop, ...keep, '--', file, ...args], options: {} }
}

/** Whether every directory above `path` lets everyone through. */
export function isReachableByAll(path: string): boolean {
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    if ((lstatSync(dir).mode & 0o001) === 0) return false
    if (dir === dirname(dir)) return true
  }
}
