import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

/** The database is not one this version can work on. The message is one line for the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

export interface MigrateOptions {
  /** Default: prisma/migrations of this checkout. */
  migrationsDir?: string
  log?: (message: string) => void
}

interface Migration {
  name: string
  sql: string
  checksum: string
}

interface LedgerRow {
  migration_name: string
  checksum: string
  finished_at: Date | null
}

const defaultMigrationsDir = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

/** The same lock that Prisma's own migrate takes, so that the two never run at once. */
const prismaLock = 72707369

/** Prisma's ledger, in the form its migrate makes it. */
const ledger = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`

/**
 * Brings the database to this version's schema and tells which migrations it applied. Each is one transaction with its
 * ledger entry. Rejects with MigrationError, having changed nothing, if the database has migrations that we do not know
 * or that were other than ours.
 */
export async function migrate(connectionString: string, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(options.migrationsDir ?? defaultMigrationsDir)
  const client = new pg.Client({ connectionString, application_name: 'quarterdeck-migrate', connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [prismaLock])
    await client.query(`SET client_min_messages = warning`)
    await client.query(ledger)
    const { rows } = await client.query<LedgerRow>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at',
    )
    const pending = planMigrations(migrations, rows)
    for (const migration of pending) {
      options.log?.(`Applying migration ${migration.name}`)
      await apply(client, migration)
    }
    return pending.map((migration) => migration.name)
  } finally {
    await client.end()
  }
}

/** Which migrations are missing. */
export function planMigrations(known: readonly Migration[], applied: readonly LedgerRow[]): Migration[] {
  const byName = new Map(known.map((migration) => [migration.name, migration]))
  for (const row of applied) {
    const migration = byName.get(row.migration_name)
    if (!migration)
      throw new MigrationError(
        `The database was migrated by a newer version (${row.migration_name} is not known here): start that version.`,
      )
    if (!row.finished_at)
      throw new MigrationError(
        `Migration ${row.migration_name} was begun on the database by other means and not finished: resolve it with "prisma migrate resolve".`,
      )
    if (row.checksum !== migration.checksum)
      throw new MigrationError(
        `Migration ${row.migration_name} was applied to the database with a different content: it and this version have diverged.`,
      )
  }
  const done = new Set(applied.map((row) => row.migration_name))
  return known.filter((migration) => !done.has(migration.name))
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(sql)
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw new MigrationError(`Migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => existsSync(join(dir, name, 'migration.sql')))
  return Promise.all(
    names.toSorted().map(async (name) => {
      const sql = await readFile(join(dir, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}
