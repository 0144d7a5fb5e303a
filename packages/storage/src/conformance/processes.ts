import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { isApiError } from '@quarterdeck/api-machinery'
import type { ObjectStore, StoredObject } from '../store.ts'
import { createOf, type Harness, type OpenStore, range, Recorder, storeTest, updateOf } from './harness.ts'

/** For stores that several processes can share; the others pass by not being able to. */
function sharedTest(open: OpenStore, name: string, run: (stores: ObjectStore[]) => Promise<void>): void {
  storeTest(open, name, async ({ store, openAnother }: Harness) => {
    if (!openAnother) return
    const others = await Promise.all([openAnother(), openAnother()])
    try {
      await run([store, ...others])
    } finally {
      await Promise.all(others.map((other) => other.close()))
    }
  })
}

export function processRules(open: OpenStore): void {
  describe('several processes', () => {
    sharedTest(open, '[S50] a consistent read sees what another process was told is stored', async (stores) => {
      for (const round of range(1, 20))
        for (const [index, writer] of stores.entries()) {
          const name = `o-${round}-${index}`
          await writer.commit(createOf(name))
          const reader = stores[(index + 1) % stores.length] as ObjectStore
          const cache = await reader.cache('configmaps')
          await cache.waitFor(await reader.currentRevision())
          assert.ok(cache.get('default', name), name)
        }
    })

    sharedTest(open, '[S51] all writing at once, each watcher sees every change once and in order', async (stores) => {
      const caches = await Promise.all(stores.map((store) => store.cache('configmaps')))
      const start = await (stores[0] as ObjectStore).currentRevision()
      const recorders = await Promise.all(caches.map((cache) => Recorder.on(cache, start)))
      const written = await Promise.all(
        stores.flatMap((store, process) =>
          range(1, 16).flatMap(async (writer) => {
            const mine: StoredObject[] = []
            for (const n of range(1, 20)) {
              const stored = await store.commit(createOf(`o-${process}-${writer}-${n}`))
              mine.push(stored, await store.commit(updateOf(stored, { n: String(n) })))
            }
            return mine
          }),
        ),
      )
      const revisions = written
        .flat()
        .map((stored) => stored.revision)
        .toSorted((a, b) => a - b)
      assert.deepEqual(revisions, range(start + 1, start + revisions.length))
      for (const [index, recorder] of recorders.entries()) {
        await recorder.until(start + revisions.length)
        assert.deepEqual(
          recorder.events.map((event) => event.revision),
          revisions,
        )
        assert.deepEqual(
          caches[index]?.list().map((object) => object.json),
          caches[0]?.list().map((object) => object.json),
        )
      }
    })

    sharedTest(open, '[S52] a cache that is loaded while others write misses nothing', async ([writer, ...readers]) => {
      const store = writer as ObjectStore
      const writing = Promise.all(
        range(1, 8).map(async (n) => {
          for (const m of range(1, 30)) await store.commit(createOf(`o-${n}-${m}`))
        }),
      )
      const caches = await Promise.all(readers.map((reader) => reader.cache('configmaps')))
      await writing
      const revision = await store.currentRevision()
      for (const cache of caches) {
        await cache.waitFor(revision)
        assert.equal(cache.size, 240)
      }
    })

    sharedTest(open, '[S53] of processes that expect the same revision one succeeds', async (stores) => {
      const stored = await (stores[0] as ObjectStore).commit(createOf('a'))
      const outcomes = await Promise.allSettled(stores.map((store, n) => store.commit(updateOf(stored, { n: String(n) }))))
      assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 1)
      for (const outcome of outcomes) if (outcome.status === 'rejected') assert.ok(isApiError(outcome.reason, 'Conflict'))
    })
  })
}
