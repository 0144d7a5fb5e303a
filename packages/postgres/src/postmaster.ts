import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PostgresStartError } from './start-error.ts'

const lockFile = 'postmaster.pid'
const orphanTimeoutMs = 10_000

/** What a running server says about itself in its lock file. */
export interface Postmaster {
  pid: number
  /** As the server's last word: 'starting', 'ready', 'stopping' or 'standby'. */
  state: string
  port: number
}

/** The live server of a cluster, by its lock file. */
export function findPostmaster(cluster: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(cluster, lockFile), 'utf8').split('\n')
    const pid = Number(lines[0])
    return isPostgres(pid, cluster) ? { pid, state: (lines[7] ?? 'starting').trim(), port: Number(lines[3]) } : undefined
  } catch {
    return undefined
  }
}

/**
 * Removes the lock files of a dead server. Postgres itself refuses to, where its pid now belongs to another process or
 * to a zombie that nobody collects. The backends of a killed server must be gone before, which they are within moments:
 * two generations on one cluster would destroy it.
 */
export async function removeStaleLocks(cluster: string, socketDir: string): Promise<void> {
  const deadline = Date.now() + orphanTimeoutMs
  for (;;) {
    const orphans = processesIn(cluster)
    if (orphans.length === 0) break
    if (Date.now() > deadline) throw new PostgresStartError(`Processes of a dead Postgres still use ${cluster}: ${orphans.join(', ')}.`)
    await delay(50)
  }
  rmSync(join(cluster, lockFile), { force: true })
  for (const name of readdirSync(socketDir)) if (name.startsWith('.s.PGSQL.')) rmSync(join(socketDir, name), { force: true })
}

/** Server processes have their cluster as working directory. */
function processesIn(cluster: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return pid > 0 && readlinkSync(`/proc/${pid}/cwd`) === cluster && isAlive(pid)
      } catch {
        return false
      }
    })
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function isPostgres(pid: number, cluster: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return false
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(cluster)
  } catch {
    // No /proc on this system: trust the lock file.
    return process.platform !== 'linux'
  }
}

/** A server that was killed stays a zombie until its parent, which may not be us, has collected it. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return false
  }
}
