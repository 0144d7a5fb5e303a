import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { isApiError } from '@quarterdeck/api-machinery'
import { testDatabase, type TestDatabase } from '@quarterdeck/testing'
import { createOf, deleteOf, range, Recorder, tinyWindow, updateOf } from '../conformance/harness.ts'
import type { ObjectStore } from '../store.ts'
import { openPostgresStore } from './postgres-store.ts'

const dayMs = 24 * 60 * 60 * 1000

describe('retention in Postgres', () => {
  let database: TestDatabase
  let client: pg.Client
  let store: ObjectStore

  before(async () => {
    database = await testDatabase()
    client = new pg.Client({ connectionString: database.connectionString })
    await client.connect()
    store = await openPostgresStore({ connectionString: database.connectionString, window: tinyWindow })
  })

  after(async () => {
    await store.close()
    await client.end()
    await database.drop()
  })

  /** Makes what is in the log so far look as if it had been written that much earlier. */
  const age = async (byMs: number): Promise<void> => {
    await client.query('BEGIN')
    await client.query('CREATE TEMP TABLE moved ON COMMIT DROP AS SELECT * FROM change')
    await client.query('TRUNCATE change')
    await client.query(`UPDATE moved SET time = time - $1 * interval '1 ms'`, [byMs])
    await client.query(
      `SELECT add_change_partition(day) FROM (SELECT DISTINCT date_trunc('day', time, 'UTC') AS day FROM moved) days
       WHERE to_regclass('change_' || to_char(day AT TIME ZONE 'UTC', 'YYYYMMDD')) IS NULL`,
    )
    await client.query('INSERT INTO change SELECT * FROM moved')
    await client.query(`UPDATE clock SET partitioned_until = date_trunc('day', now(), 'UTC') + interval '24 hours'`)
    await client.query('COMMIT')
  }
  const partitions = async (): Promise<number> =>
    (await client.query(`SELECT FROM pg_inherits WHERE inhparent = 'change'::regclass`)).rowCount ?? 0

  test('[S80] days that are wholly past the cutoff are dropped; what stays knows the value before it', async () => {
    const cache = await store.cache('configmaps')
    const kept = await store.commit(createOf('kept', { data: { x: 'old' } }))
    const gone = await store.commit(createOf('gone'))
    await store.commit(deleteOf(gone))
    await age(3 * dayMs)
    assert.equal(await partitions(), 2)
    const point = cache.revision
    const updated = await store.commit(updateOf(kept, { x: 'new' }))
    for (const n of range(1, 5)) await store.commit(createOf(`more-${n}`))
    await store.compact(new Date(Date.now() - dayMs))
    assert.equal(await partitions(), 1)
    assert.equal(await store.compactedRevision(), point)
    const recorder = await Recorder.on(cache, point)
    await recorder.until(cache.revision)
    assert.equal(recorder.events[0]?.revision, updated.revision)
    assert.equal(recorder.events[0]?.previous?.json, kept.json)
    recorder.stop()
    await store.compact(new Date(Date.now() + dayMs))
    assert.equal(await partitions(), 1, 'the day that is written to stays')
    assert.ok(await store.commit(createOf('after')))
  })

  test('[S44] old entries of kinds without history go; watches from before them are Expired, of that resource only', async () => {
    const leases = await store.cache('leases')
    const configMaps = await store.cache('configmaps')
    const start = leases.revision
    let lease = await store.commit(createOf('lease', { resource: 'leases', keepsHistory: false }))
    for (const n of range(1, 6)) lease = await store.commit(updateOf(lease, { n: String(n) }, false))
    await store.commit(createOf('beside'))
    await client.query(
      `UPDATE change SET time = time - interval '6 minutes' WHERE revision > $1 AND revision < $2 AND resource = 'leases'`,
      [start, lease.revision],
    )
    await store.compact(new Date(0))
    const { rows } = await client.query(`SELECT revision::int FROM change WHERE resource = 'leases'`)
    assert.deepEqual(
      rows.map((row) => row.revision),
      [lease.revision],
    )
    await assert.rejects(Recorder.on(leases, start), (error) => isApiError(error, 'Expired'))
    const resumed = await Recorder.on(leases, lease.revision - 1)
    const other = await Recorder.on(configMaps, start)
    await Promise.all([resumed.until(lease.revision), other.until(lease.revision + 1)])
    assert.equal(resumed.events[0]?.previous?.revision, lease.revision - 1)
    resumed.stop()
    other.stop()
  })

  test('[S81] a cache that was cut off past the compaction point loads anew and tells its watchers Expired', async () => {
    const cache = await store.cache('configmaps')
    const recorder = await Recorder.on(cache, cache.revision)
    // As if our connection had been away for long: the log moves on and is compacted before we are back.
    const other = await openPostgresStore({ connectionString: database.connectionString })
    await client.query('BEGIN')
    await client.query(`UPDATE clock SET revision = revision + 100, compacted = revision + 100`)
    await client.query('COMMIT')
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name ~ '^quarterdeck-follow'`,
    )
    const added = await other.commit(createOf('while-away'))
    await cache.waitFor(added.revision)
    await recorder.until(added.revision)
    assert.ok(isApiError(recorder.ended?.error, 'Expired'))
    assert.ok(cache.get('default', 'while-away'))
    await other.close()
  })
})
