import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import { PostgresStartError } from './start-error.ts'

describe('the embedded Postgres', () => {
  let home: string
  let dataDir: string
  const started: EmbeddedPostgres[] = []

  before(() => {
    home = mkdtempSync(join(tmpdir(), 'quarterdeck-embedded-'))
    // As private as a home directory: the server's user cannot look into it by itself.
    chmodSync(home, 0o700)
    dataDir = join(home, 'data')
  })

  after(async () => {
    await Promise.all(started.map((server) => server.stop()))
    rmSync(home, { recursive: true, force: true })
  })

  const start = async (): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({ dataDir, durability: 'scratch' })
    started.push(server)
    return server
  }
  const query = async (server: EmbeddedPostgres, text: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: server.connectionString })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query({ text, rowMode: 'array' })).rows.flat()
    } finally {
      await client.end()
    }
  }

  test('[S90] it starts in a fresh directory below a private home, with a password only we can read', async () => {
    const server = await start()
    assert.equal(server.isAdopted, false)
    await query(server, 'CREATE TABLE kept (n INT)')
    const password = join(dataDir, 'password')
    assert.equal(statSync(password).mode & 0o777, 0o600)
    const wrong = server.connectionString.replace(readFileSync(password, 'utf8'), 'guessed')
    await assert.rejects(query({ ...server, connectionString: wrong }, 'SELECT 1'), /password authentication failed/)
  })

  test('[S91] a second start takes over the running server', async () => {
    const first = started.at(-1) as EmbeddedPostgres
    const second = await start()
    assert.deepEqual({ ...second, exited: 0, stop: 0 }, { ...first, isAdopted: true, exited: 0, stop: 0 })
  })

  test('[S92] killed, it starts again with all that was committed, also where its pid went to another process', async () => {
    const server = started.at(-1) as EmbeddedPostgres
    await query(server, 'INSERT INTO kept VALUES (1), (2)')
    process.kill(server.pid, 'SIGKILL')
    await server.exited
    const lockFile = join(dataDir, 'cluster', 'postmaster.pid')
    const lines = readFileSync(lockFile, 'utf8').split('\n')
    writeFileSync(lockFile, [String(process.pid), ...lines.slice(1)].join('\n'))
    const again = await start()
    assert.notEqual(again.pid, server.pid)
    assert.deepEqual(await query(again, 'SELECT n FROM kept ORDER BY n'), [1, 2])
  })

  test('[S93] it stops in order and starts again', async () => {
    await (started.at(-1) as EmbeddedPostgres).stop()
    const again = await start()
    assert.equal(again.isAdopted, false)
    assert.deepEqual(await query(again, 'SELECT count(*)::int FROM kept'), [2])
    await again.stop()
    await again.stop()
  })

  test('[S94] a start that was killed while it initialised leaves nothing in the way', async () => {
    const other = join(home, 'other')
    mkdirSync(join(other, 'cluster.new', 'base'), { recursive: true })
    writeFileSync(join(other, 'cluster.new', 'PG_VERSION'), '18\n')
    const server = await startEmbeddedPostgres({ dataDir: other, durability: 'scratch' })
    started.push(server)
    assert.deepEqual(await query(server, 'SELECT 1'), [1])
    await server.stop()
  })

  test('[S95] data of another version, and a directory that cannot be used, are refused in one line', async () => {
    writeFileSync(join(dataDir, 'cluster', 'PG_VERSION'), '15\n')
    const isOneLine = (error: unknown, text: RegExp): boolean =>
      error instanceof PostgresStartError && text.test(error.message) && !error.message.includes('\n')
    await assert.rejects(start(), (error) => isOneLine(error, /made by Postgres 15 and this is Postgres 18/))
    writeFileSync(join(home, 'file'), '')
    await assert.rejects(startEmbeddedPostgres({ dataDir: join(home, 'file') }), (error) => isOneLine(error, /cannot be used/))
  })
})
