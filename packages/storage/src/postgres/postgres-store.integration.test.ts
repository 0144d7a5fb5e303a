import { after, before } from 'node:test'
import pg from 'pg'
import { testDatabase, type TestDatabase } from '@quarterdeck/testing'
import { storeConformance } from '../conformance.ts'
import { openPostgresStore } from './postgres-store.ts'

let database: TestDatabase

before(async () => {
  database = await testDatabase()
})

after(() => database.drop())

for (const [name, keepsText] of [
  ['the Postgres store', true],
  ['the Postgres store, without the text of objects', false],
] as const)
  storeConformance(name, async (options) => {
    const { connectionString } = database
    await empty(connectionString)
    const open = (): ReturnType<typeof openPostgresStore> => openPostgresStore({ connectionString, keepsText, ...options })
    const store = await open()
    return { store, openAnother: open, close: () => store.close() }
  })

async function empty(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query('TRUNCATE object, change, compaction; UPDATE clock SET revision = 0, compacted = 0')
  await client.end()
}
