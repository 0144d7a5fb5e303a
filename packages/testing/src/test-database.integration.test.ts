import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { testDatabase } from './test-database.ts'

test('databases asked for at the same time are migrated, empty and apart from each other', async () => {
  const databases = await Promise.all([testDatabase(), testDatabase(), testDatabase()])
  try {
    for (const { connectionString } of databases) {
      const client = new pg.Client({ connectionString })
      await client.connect()
      const { rows } = await client.query<{ revision: string }>('SELECT revision FROM clock')
      await client.query('UPDATE clock SET revision = 7')
      await client.end()
      assert.equal(rows[0]?.revision, '0')
    }
  } finally {
    await Promise.all(databases.map((database) => database.drop()))
  }
})
