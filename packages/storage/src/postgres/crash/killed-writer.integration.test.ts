import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { testDatabase } from '@quarterdeck/testing'
import { createOf, range, Recorder } from '../../conformance/harness.ts'
import { openPostgresStore } from '../postgres-store.ts'

const writerFile = fileURLToPath(new URL('writer-process.ts', import.meta.url))
const loopMs = 8000

/** Runs a writer and kills it at a random moment after its first acknowledgement. Resolves with what it was told is stored. */
async function runAndKill(connectionString: string, prefix: string): Promise<Map<number, string>> {
  const child = spawn(process.execPath, [writerFile, connectionString, prefix], { stdio: ['ignore', 'pipe', 'inherit'] })
  const acknowledged = new Map<number, string>()
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    const [revision, name] = line.split(' ')
    // The last line may have been cut off by the kill.
    if (name?.startsWith(prefix)) acknowledged.set(Number(revision), name)
  })
  const ended = once(child, 'exit')
  const read = once(lines, 'close')
  await Promise.race([once(lines, 'line'), ended])
  await delay(Math.random() * 300)
  child.kill('SIGKILL')
  await Promise.all([ended, read])
  return acknowledged
}

test('[S60] writers killed at random points lose no acknowledged write, and no watcher misses or repeats an event', async () => {
  const database = await testDatabase()
  const store = await openPostgresStore({ connectionString: database.connectionString })
  try {
    const cache = await store.cache('configmaps')
    const recorder = await Recorder.on(cache, 0)
    const acknowledged = new Map<number, string>()
    const end = performance.now() + loopMs
    let kills = 0
    while (performance.now() < end) {
      const runs = await Promise.all(['x', 'y'].map((letter) => runAndKill(database.connectionString, `${letter}${kills}`)))
      for (const [revision, name] of runs.flatMap((run) => [...run])) {
        assert.ok(!acknowledged.has(revision), `revision ${revision} was given twice`)
        acknowledged.set(revision, name)
      }
      kills += runs.length
    }
    const { revision: last } = await store.commit(createOf('last'))
    await recorder.until(last)
    assert.deepEqual(
      recorder.events.map((event) => event.revision),
      range(1, last),
    )
    const nameAt = new Map(recorder.events.map((event) => [event.revision, event.current.key.name]))
    for (const [revision, name] of acknowledged) assert.equal(nameAt.get(revision)?.startsWith(name), true, `${revision} ${name}`)
    assert.ok(kills > 4 && acknowledged.size > 100, `${kills} kills, ${acknowledged.size} writes`)

    const fresh = await openPostgresStore({ connectionString: database.connectionString })
    const reloaded = await fresh.cache('configmaps')
    assert.deepEqual(
      reloaded.list().map((object) => object.json),
      cache.list().map((object) => object.json),
    )
    await fresh.close()
    recorder.stop()
  } finally {
    await store.close()
    await database.drop()
  }
})
