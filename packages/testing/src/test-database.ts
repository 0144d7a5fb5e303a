import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { migrate } from '@quarterdeck/postgres'
import { testServer } from './test-server.ts'

export interface TestDatabase {
  connectionString: string
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>
}

const migrationsDir = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))
const templateLock = 815_001

/** A fresh, migrated database, for one test file: cloned from a template that is made once for each state of the migrations. */
export async function testDatabase(): Promise<TestDatabase> {
  const { connectionString, client } = await testServer()
  const name = `test_${randomUUID().replaceAll('-', '')}`
  try {
    const template = await ensureTemplate(client, connectionString)
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`)
  } catch (error) {
    await client.end()
    throw error
  }
  return {
    connectionString: inDatabase(connectionString, name),
    drop: async () => {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      await client.end()
    },
  }
}

async function ensureTemplate(client: pg.Client, connectionString: string): Promise<string> {
  const template = `template_${stateOfMigrations()}`
  await client.query('SELECT pg_advisory_lock($1)', [templateLock])
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template])
    if (rowCount) return template
    // Made under another name first: a run that is killed half-way leaves no half-made template.
    const draft = `${template}_draft`
    await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${draft}`)
    await migrate(inDatabase(connectionString, draft))
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`)
    return template
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [templateLock])
  }
}

function stateOfMigrations(): string {
  const hash = createHash('sha256')
  for (const entry of readdirSync(migrationsDir, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    if (entry.isDirectory()) hash.update(readFileSync(join(migrationsDir, entry.name, 'migration.sql')))
  return hash.digest('hex').slice(0, 16)
}

function inDatabase(connectionString: string, name: string): string {
  return connectionString.replace('@/postgres', `@/${name}`)
}
