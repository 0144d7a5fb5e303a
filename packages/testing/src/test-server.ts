import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { withMachineLock } from './machine-lock.ts'

export interface TestServer {
  /** To the database `postgres`, as owner of everything. */
  connectionString: string
  /** An open connection to it, which also keeps the server from being stopped as idle. */
  client: pg.Client
}

const keeperFile = fileURLToPath(new URL('./server-keeper.ts', import.meta.url))

/** One server per user and checkout, so that other versions of the schema or of Postgres do not meet. */
const checkout = createHash('sha256').update(keeperFile).digest('hex').slice(0, 8)
const serverDir = join(tmpdir(), `quarterdeck-test-${userInfo().username}-${checkout}`)
const addressFile = `${serverDir}.address`

/** Connects to the Postgres server that all tests of this machine share, starting it if there is none. End `client` when done. */
export function testServer(): Promise<TestServer> {
  return withMachineLock(`${serverDir}.lock`, async () => (await connectTo(knownAddress())) ?? (await startServer()))
}

function knownAddress(): string | undefined {
  try {
    return readFileSync(addressFile, 'utf8')
  } catch {
    return undefined
  }
}

async function connectTo(connectionString: string | undefined): Promise<TestServer | undefined> {
  if (!connectionString) return undefined
  const client = new pg.Client({ connectionString })
  client.on('error', () => {})
  try {
    await client.connect()
    return { connectionString, client }
  } catch {
    return undefined
  }
}

async function startServer(): Promise<TestServer> {
  const keeper = spawn(process.execPath, [keeperFile, serverDir], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const complaints: string[] = []
  keeper.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
  const connectionString = await new Promise<string>((resolve, reject) => {
    createInterface({ input: keeper.stdout }).once('line', resolve)
    keeper.once('error', reject)
    keeper.once('exit', () => reject(new Error(`the test database server did not start: ${complaints.join('')}`)))
  })
  keeper.removeAllListeners('exit')
  keeper.stdout.destroy()
  keeper.stderr.destroy()
  keeper.unref()
  writeFileSync(addressFile, connectionString, { mode: 0o600 })
  const server = await connectTo(connectionString)
  if (!server) throw new Error('the test database server started but cannot be connected to')
  return server
}
