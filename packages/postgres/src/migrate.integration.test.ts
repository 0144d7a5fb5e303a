import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import { migrate, MigrationError } from './migrate.ts'

const prismaDir = fileURLToPath(new URL('../../../prisma', import.meta.url))

describe('migrate', () => {
  let dataDir: string
  let database: EmbeddedPostgres
  let client: pg.Client
  let migrationsDir: string

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'quarterdeck-migrate-'))
    database = await startEmbeddedPostgres({ dataDir, durability: 'scratch' })
    await migrate(database.connectionString)
    client = new pg.Client({ connectionString: database.connectionString })
    await client.connect()
    migrationsDir = mkdtempSync(join(tmpdir(), 'quarterdeck-migrations-'))
    cpSync(join(prismaDir, 'migrations'), migrationsDir, { recursive: true })
  })

  after(async () => {
    await client.end()
    await database.stop()
    rmSync(dataDir, { recursive: true, force: true })
    rmSync(migrationsDir, { recursive: true, force: true })
  })

  const add = (name: string, sql: string): void => {
    mkdirSync(join(migrationsDir, name), { recursive: true })
    writeFileSync(join(migrationsDir, name, 'migration.sql'), sql)
  }
  const run = (): Promise<string[]> => migrate(database.connectionString, { migrationsDir })

  test('[S70] the ledger holds what Prisma would have written', async () => {
    const { rows } = await client.query('SELECT * FROM _prisma_migrations')
    const sql = readFileSync(join(prismaDir, 'migrations', '20261101000000_init', 'migration.sql'))
    assert.equal(rows.length, 1)
    assert.equal(rows[0].migration_name, '20261101000000_init')
    assert.equal(rows[0].checksum, createHash('sha256').update(sql).digest('hex'))
    assert.equal(rows[0].applied_steps_count, 1)
    assert.ok(rows[0].finished_at)
    assert.equal(rows[0].rolled_back_at, null)
  })

  test('[S71] processes that migrate at once apply each migration once', async () => {
    add('20990101000000_first', 'CREATE TABLE first (id INT)')
    add('20990102000000_second', 'ALTER TABLE first ADD COLUMN name TEXT')
    const applied = await Promise.all([run(), run(), run(), run()])
    assert.deepEqual(applied.flat(), ['20990101000000_first', '20990102000000_second'])
    assert.deepEqual(await run(), [])
  })

  test('[S72] a migration that fails leaves no trace and can be run again', async () => {
    add('20990103000000_third', 'CREATE TABLE third (id INT); SELECT * FROM nothing_there')
    await assert.rejects(
      run(),
      (error) => error instanceof MigrationError && /20990103000000_third failed: .*nothing_there/.test(error.message),
    )
    add('20990103000000_third', 'CREATE TABLE third (id INT)')
    assert.deepEqual(await run(), ['20990103000000_third'])
  })

  test('[S73] a database with a changed or an unknown migration is refused in one line', async () => {
    add('20990103000000_third', 'CREATE TABLE third (id BIGINT)')
    await assert.rejects(
      run(),
      (error) => error instanceof MigrationError && /different content/.test(error.message) && !error.message.includes('\n'),
    )
    await assert.rejects(
      migrate(database.connectionString),
      (error) => error instanceof MigrationError && /newer version/.test(error.message),
    )
  })

  test('schema.prisma describes the columns that the migrations make', async () => {
    const schema = readFileSync(join(prismaDir, 'schema.prisma'), 'utf8')
    for (const [, body = ''] of schema.matchAll(/^model \w+ \{\n([\s\S]*?)^\}/gm)) {
      const table = /@@map\("(\w+)"\)/.exec(body)?.[1]
      const described = [...body.matchAll(/^ {2}(\w+) +\w+(\?)?(?:.*@map\("(\w+)"\))?/gm)].map(
        ([, field, optional, column]) => `${column ?? field}${optional ?? ''}`,
      )
      const { rows } = await client.query<{ column: string }>(
        `SELECT column_name || CASE is_nullable WHEN 'YES' THEN '?' ELSE '' END AS column
         FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public' ORDER BY ordinal_position`,
        [table],
      )
      assert.deepEqual(
        described,
        rows.map((row) => row.column),
        table,
      )
    }
  })
})
