/**
 * The process that keeps the shared test server: starts it, prints its connection string, and stops it and removes its
 * data once no test has been connected for a while. `node server-keeper.ts DIR`.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { startEmbeddedPostgres } from '@quarterdeck/postgres'
import { withMachineLock } from './machine-lock.ts'

const pollMs = 2000
const idleMs = 60_000

const dir = process.argv[2] as string
const server = await startEmbeddedPostgres({ dataDir: dir, durability: 'scratch' })
process.stdout.write(`${server.connectionString}\n`)
process.on('SIGINT', () => {})

let idleSince = Date.now()
for (;;) {
  await delay(pollMs)
  if (await isInUse()) idleSince = Date.now()
  if (Date.now() - idleSince > idleMs && (await stopUnlessInUse())) process.exit(0)
}

async function isInUse(): Promise<boolean> {
  const client = new pg.Client({ connectionString: server.connectionString })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    )
    return (rows[0]?.count ?? 0) > 0
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** Under the lock that tests connect under, so that none comes between the question and the end. */
function stopUnlessInUse(): Promise<boolean> {
  return withMachineLock(`${dir}.lock`, async () => {
    if (await isInUse()) return false
    await server.stop()
    rmSync(join(dir), { recursive: true, force: true })
    return true
  })
}
