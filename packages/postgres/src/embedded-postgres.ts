import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { findBinaries } from './binaries.ts'
import { type DataDirectory, ensureCluster, openDataDirectory, roleName } from './data-directory.ts'
import { findPostmaster, isAlive, type Postmaster, removeStaleLocks } from './postmaster.ts'
import { runAs, serverUser } from './server-user.ts'
import { type Durability, settingArguments } from './settings.ts'
import { PostgresStartError } from './start-error.ts'

export interface EmbeddedPostgresOptions {
  /** Made if missing. Holds the cluster, the password, the socket and the server's log. */
  dataDir: string
  /** Also listen on 127.0.0.1 at this port; without it only on a unix socket. */
  port?: number
  /** `scratch` gives up surviving a power failure, for tests. Default: durable. */
  durability?: Durability
  log?: (message: string) => void
}

export interface EmbeddedPostgres {
  /** To the database `postgres`, as its owner, through the unix socket. */
  connectionString: string
  pid: number
  /** Whether the server was running already and was taken over. */
  isAdopted: boolean
  /** Resolves when the server has ended, for whatever reason. */
  exited: Promise<void>
  /** Ends open transactions and stops the server; resolves when it is gone. */
  stop(): Promise<void>
}

const pollMs = 20
const startTimeoutMs = 60_000
const stopTimeoutMs = 15_000
const maxLogBytes = 10 * 1024 * 1024

/**
 * A Postgres server process of our own. It runs in its own session, so that neither Ctrl-C nor our death takes it
 * along: a start finds a server that outlived us and takes it over, and after a crash the cluster recovers by itself.
 * Rejects with PostgresStartError.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = serverUser()
  const binaries = await findBinaries(user)
  const directory = openDataDirectory(options.dataDir, user)
  const running = findPostmaster(directory.cluster)
  if (running && running.state !== 'stopping') {
    options.log?.(`Postgres is running already (pid ${running.pid})`)
    return handleOf(directory, await untilReady(directory, running.pid), true)
  }
  if (running) await untilGone(running.pid)
  await ensureCluster(directory, binaries, user)
  rotate(directory.logFile)
  await removeStaleLocks(directory.cluster, directory.socketDir)
  const args = ['-D', directory.cluster, ...settingArguments(options.durability ?? 'durable', { ...directory, port: options.port })]
  const pid = launch(runAs(user, binaries.postgres, args, [directory.cluster, directory.socketDir]), directory.logFile)
  return handleOf(directory, await untilReady(directory, pid), false)
}

function launch(command: ReturnType<typeof runAs>, logFile: string): number {
  const log = openSync(logFile, 'a', 0o600)
  try {
    const child = spawn(command.file, command.args, { ...command.options, cwd: '/', detached: true, stdio: ['ignore', log, log] })
    child.on('error', () => {})
    child.unref()
    if (child.pid === undefined) throw new PostgresStartError(`Postgres could not be started: ${command.file} cannot be run.`)
    return child.pid
  } finally {
    closeSync(log)
  }
}

async function untilReady(directory: DataDirectory, pid: number): Promise<Postmaster> {
  const deadline = Date.now() + startTimeoutMs
  while (isAlive(pid)) {
    const postmaster = findPostmaster(directory.cluster)
    if (postmaster?.pid === pid && postmaster.state === 'ready') return postmaster
    if (Date.now() > deadline)
      throw new PostgresStartError(`Postgres did not become ready in ${startTimeoutMs / 1000} s, see ${directory.logFile}.`)
    await delay(pollMs)
  }
  throw new PostgresStartError(`Postgres ended while it started: ${lastComplaint(directory.logFile)}`)
}

function lastComplaint(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n')
  const line = lines.findLast((text) => /FATAL:|PANIC:|error:/.test(text)) ?? lines.at(-1) ?? ''
  return `${line.replace(/^.*?(FATAL|PANIC|error): +/, '')} (see ${logFile})`
}

function handleOf(directory: DataDirectory, { pid, port }: Postmaster, isAdopted: boolean): EmbeddedPostgres {
  const query = new URLSearchParams({ host: directory.socketDir, port: String(port) })
  return {
    connectionString: `postgresql://${roleName}:${directory.password}@/postgres?${query}`,
    pid,
    isAdopted,
    exited: untilGone(pid),
    stop: async () => {
      if (isAlive(pid)) process.kill(pid, 'SIGINT')
      const gone = untilGone(pid)
      const late = setTimeout(() => isAlive(pid) && process.kill(pid, 'SIGQUIT'), stopTimeoutMs)
      await gone
      clearTimeout(late)
    },
  }
}

/** Polled, without keeping our process alive for it: an adopted server is not our child. */
async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(pollMs * 5, undefined, { ref: false })
}

function rotate(logFile: string): void {
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(logFile, `${logFile}.old`)
}
