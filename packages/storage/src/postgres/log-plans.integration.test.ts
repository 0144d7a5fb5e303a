import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import pg from 'pg'
import { testDatabase, type TestDatabase } from '@quarterdeck/testing'

import { changesQuery, followerSettings } from './follower.ts'
import { pageText } from './log-reader.ts'

const revisions = 30_000
const resources = ['pods', 'leases.coordination.k8s.io', 'nodes']
/** Far fewer than the log has. */
const mostPages = 400

interface Plan {
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  'Temp Written Blocks': number
}

describe('what is read of a long log', () => {
  let database: TestDatabase

  before(async () => {
    database = await testDatabase()
    await withClient('', async (client) => {
      await client.query('SELECT add_change_partition(now())')
      await client.query(
        `INSERT INTO change (revision, time, type, resource, namespace, name, uid, value, previous_revision, actor, client, transient, batch)
         SELECT n, now(), 'u', ($1::text[])[1 + n % 3], 'default', 'o' || n % 300, 'u' || n % 300, json_build_object('x', repeat('x', 500)),
           CASE WHEN n > 300 THEN n - 300 END, 'test', 'test', false, gen_random_uuid()
         FROM generate_series(1, $2::int) n`,
        [resources, revisions],
      )
    })
  })

  after(() => database.drop())

  async function withClient<T>(options: string, act: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: database.connectionString, options })
    await client.connect()
    try {
      return await act(client)
    } finally {
      await client.end()
    }
  }

  /** Pages that a statement touches, of which Postgres knows neither statistics nor parameters when it plans. */
  const pagesOf = (settings: string, { text, types, call }: { text: string; types: string; call: string }): Promise<number> =>
    withClient(`${settings} -c plan_cache_mode=force_generic_plan`, async (client) => {
      await client.query(`PREPARE statement(${types}) AS ${text}`)
      const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE statement(${call})`,
      )
      const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
      assert.ok(plan)
      return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] + plan['Temp Written Blocks']
    })

  test('the newest changes, in three gaps', async () => {
    const [after, upTo] = [[29_900, 29_950, 29_980].join(), [29_940, 29_970, 30_000].join()]
    const pages = await pagesOf(followerSettings, {
      text: changesQuery.text,
      types: 'bigint[], bigint[], text[]',
      call: `ARRAY[${after}], ARRAY[${upTo}], ARRAY['${resources.join("','")}']`,
    })
    assert.ok(pages < mostPages, `${pages} pages`)
  })

  test('a page of the events of a resource', async () => {
    const pages = await pagesOf('', { text: pageText, types: 'text, bigint, bigint', call: `'pods', 29_800, 30_000`.replaceAll('_', '') })
    assert.ok(pages < mostPages, `${pages} pages`)
  })
})
