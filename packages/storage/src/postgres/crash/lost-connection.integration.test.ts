import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { isApiError } from '@quarterdeck/api-machinery'
import { migrate, startEmbeddedPostgres } from '@quarterdeck/postgres'
import { testDatabase } from '@quarterdeck/testing'
import { createOf, eventually, range, Recorder } from '../../conformance/harness.ts'
import type { ObjectStore } from '../../store.ts'
import { openPostgresStore } from '../postgres-store.ts'

/** Writers that go on until stopped; each outcome is noted. */
function writeOn(store: ObjectStore, writers: number): { revisions: number[]; errors: unknown[]; stop: () => Promise<void> } {
  const revisions: number[] = []
  const errors: unknown[] = []
  let isStopped = false
  const running = range(1, writers).map(async (writer) => {
    for (let n = 0; !isStopped; n++) {
      try {
        revisions.push((await store.commit(createOf(`o-${writer}-${n}`))).revision)
      } catch (error) {
        errors.push(error)
        await delay(20)
      }
    }
  })
  return {
    revisions,
    errors,
    stop: async () => {
      isStopped = true
      await Promise.all(running)
    },
  }
}

async function assertNothingLost(store: ObjectStore, recorder: Recorder, revisions: readonly number[]): Promise<void> {
  const { revision: last } = await store.commit(createOf('last'))
  await recorder.until(last)
  assert.equal(recorder.ended, undefined)
  const seen = recorder.events.map((event) => event.revision)
  assert.deepEqual(seen, range(1, last))
  assert.equal(new Set(revisions).size, revisions.length)
  // Every stored write was acknowledged, and the other way round: no outcome was left open or guessed.
  assert.deepEqual(
    revisions.toSorted((a, b) => a - b),
    seen.slice(0, -1),
  )
}

test('[S61] connections cut in the middle of commits: every write is stored once and acknowledged, every event arrives once', async () => {
  const database = await testDatabase()
  const store = await openPostgresStore({ connectionString: database.connectionString })
  const admin = new pg.Client({ connectionString: database.connectionString, application_name: 'admin' })
  await admin.connect()
  try {
    const recorder = await Recorder.on(await store.cache('configmaps'), 0)
    const writing = writeOn(store, 48)
    for (const _ of range(1, 40)) {
      await delay(Math.random() * 60)
      await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name ~ '^quarterdeck-(commit|follow)' AND random() < 0.6`,
      )
    }
    await writing.stop()
    assert.deepEqual(writing.errors, [])
    await assertNothingLost(store, recorder, writing.revisions)
    recorder.stop()
  } finally {
    await admin.end()
    await store.close()
    await database.drop()
  }
})

test('[S62] Postgres killed and restarted under load: writes wait or fail with ServiceUnavailable, watches resume', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'quarterdeck-restart-'))
  let server = await startEmbeddedPostgres({ dataDir, durability: 'scratch' })
  const { connectionString } = server
  await migrate(connectionString)
  const store = await openPostgresStore({ connectionString, maxWaitMs: 1500 })
  try {
    const recorder = await Recorder.on(await store.cache('configmaps'), 0)
    const writing = writeOn(store, 16)
    for (const way of ['stop', 'kill', 'stay away'] as const) {
      const before = writing.revisions.length
      await eventually(() => writing.revisions.length > before + 200, 'writes')
      if (way === 'stop') await server.stop()
      else process.kill(server.pid, 'SIGKILL')
      await server.exited
      if (way === 'stay away') {
        await assert.rejects(store.commit(createOf('while-away')), (error) => isApiError(error, 'ServiceUnavailable'))
        await assert.rejects(store.currentRevision(), (error) => isApiError(error, 'ServiceUnavailable'))
      }
      server = await startEmbeddedPostgres({ dataDir, durability: 'scratch' })
    }
    const before = writing.revisions.length
    await eventually(() => writing.revisions.length > before + 200, 'writes after the last restart')
    await writing.stop()
    for (const error of writing.errors) assert.ok(isApiError(error, 'ServiceUnavailable'), String(error))
    await assertNothingLost(store, recorder, writing.revisions)
    recorder.stop()
  } finally {
    await store.close()
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
