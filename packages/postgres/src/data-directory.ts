import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import { runAs, type ServerUser } from './server-user.ts'
import { PostgresStartError } from './start-error.ts'

const run = promisify(execFile)

/** The database role of the product; it owns everything. */
export const roleName = 'quarterdeck'

/** Where an embedded server keeps its things. */
export interface DataDirectory {
  /** The cluster itself. */
  cluster: string
  socketDir: string
  logFile: string
  password: string
}

/** Longest path a unix socket may have, less the socket's own name. */
const maxSocketDirBytes = 107 - '/.s.PGSQL.65535'.length

/** Makes what is missing below `path` except the cluster. The password is made once and kept in a file only we may read. */
export function openDataDirectory(path: string, user: ServerUser | undefined): DataDirectory {
  const dir = resolve(path)
  try {
    mkdirSync(dir, { recursive: true })
    const socketDir = socketDirOf(dir)
    mkdirSync(socketDir, { recursive: true, mode: 0o700 })
    if (user) chownSync(socketDir, user.uid, user.gid)
    return { cluster: join(dir, 'cluster'), socketDir, logFile: join(dir, 'postgres.log'), password: passwordIn(join(dir, 'password')) }
  } catch (error) {
    throw new PostgresStartError(`The data directory ${dir} cannot be used: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function socketDirOf(dir: string): string {
  const beside = join(dir, 'run')
  if (Buffer.byteLength(beside) <= maxSocketDirBytes) return beside
  return join(tmpdir(), `quarterdeck-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`)
}

function passwordIn(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  const password = randomBytes(24).toString('base64url')
  writeFileSync(`${file}.new`, password, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return password
}

/** Initialises the cluster unless there is one. Made aside and renamed: a start that was killed half-way leaves none. */
export async function ensureCluster(directory: DataDirectory, binaries: Binaries, user: ServerUser | undefined): Promise<void> {
  if (existsSync(join(directory.cluster, 'PG_VERSION'))) return assertVersion(directory.cluster, binaries)
  const fresh = `${directory.cluster}.new`
  const passwordFile = join(directory.socketDir, 'initial-password')
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { mode: 0o700 })
  writeFileSync(passwordFile, directory.password, { mode: 0o600 })
  if (user) {
    chownSync(fresh, user.uid, user.gid)
    chownSync(passwordFile, user.uid, user.gid)
  }
  const args = ['-D', fresh, '-U', roleName, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8']
  args.push('--locale-provider=builtin', '--locale=C.UTF-8', '--lc-collate=C', '--lc-ctype=C', '--lc-messages=C', '--no-instructions')
  const command = runAs(user, binaries.initdb, args, [fresh])
  try {
    // The working directory of a root process may be out of the server user's reach.
    await run(command.file, command.args, { ...command.options, cwd: '/', encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    const { stderr } = error as { stderr?: string }
    const why = stderr?.split('\n').find((line) => line.includes('error:') || line.includes('FATAL')) ?? String(error)
    throw new PostgresStartError(`The database in ${directory.cluster} could not be initialised: ${why.trim()}`)
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(fresh, directory.cluster)
}

async function assertVersion(cluster: string, binaries: Binaries): Promise<void> {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  const { stdout } = await run(binaries.postgres, ['--version'], { encoding: 'utf8' })
  const wanted = /(\d+)\./.exec(stdout)?.[1]
  if (found === wanted) return
  throw new PostgresStartError(
    `The database in ${cluster} was made by Postgres ${found} and this is Postgres ${wanted}: start with the Quarterdeck that made it, or choose another data directory.`,
  )
}
