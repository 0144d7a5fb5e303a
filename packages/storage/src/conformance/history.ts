import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { isApiError } from '@quarterdeck/api-machinery'
import { createOf, deleteOf, type OpenStore, Recorder, storeTest, tinyWindow, updateOf } from './harness.ts'

const soon = (): Date => new Date(Date.now() + 60_000)

export function historyRules(open: OpenStore): void {
  describe('history and compaction', () => {
    storeTest(open, '[S40] history tells every change, newest first, with its author and time', async ({ store }) => {
      const created = await store.commit(createOf('a', { data: { x: '0' } }))
      const updated = await store.commit(updateOf(created, { x: '1' }))
      await store.commit(createOf('b'))
      const deleted = await store.commit(deleteOf(updated))
      const entries = await store.history({ resource: 'configmaps', namespace: 'default', name: 'a', limit: 10 })
      assert.deepEqual(
        entries.map(({ type, revision, uid, author }) => ({ type, revision, uid, author })),
        [
          { type: 'deleted', revision: deleted.revision, uid: created.uid, author: { actor: 'alice', client: 'conformance' } },
          { type: 'updated', revision: updated.revision, uid: created.uid, author: { actor: 'alice', client: 'conformance' } },
          { type: 'created', revision: created.revision, uid: created.uid, author: { actor: 'alice', client: 'conformance' } },
        ],
      )
      assert.deepEqual(entries[1]?.object, updated.object)
      for (const entry of entries) assert.match(entry.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    })

    storeTest(open, '[S41] history can be narrowed and paged', async ({ store }) => {
      const a = await store.commit(createOf('a'))
      const b = await store.commit(createOf('a', { namespace: 'other' }))
      await store.commit(createOf('a', { resource: 'secrets' }))
      const c = await store.commit(createOf('c'))
      const revisions = async (query: object): Promise<number[]> =>
        (await store.history({ resource: 'configmaps', limit: 10, ...query })).map((entry) => entry.revision)
      assert.deepEqual(await revisions({}), [c.revision, b.revision, a.revision])
      assert.deepEqual(await revisions({ name: 'a' }), [b.revision, a.revision])
      assert.deepEqual(await revisions({ namespace: 'default' }), [c.revision, a.revision])
      assert.deepEqual(await revisions({ uid: b.uid }), [b.revision])
      assert.deepEqual(await revisions({ limit: 1 }), [c.revision])
      assert.deepEqual(await revisions({ limit: 1, before: c.revision }), [b.revision])
      const gone = await store.commit(deleteOf(a))
      await store.commit(createOf('a'))
      assert.deepEqual(await revisions({ type: 'deleted' }), [gone.revision])
    })

    storeTest(
      open,
      '[S42] a watch from before the compaction point is Expired, one from it resumes',
      async ({ store }) => {
        const cache = await store.cache('configmaps')
        const start = cache.revision
        for (const name of ['a', 'b', 'c', 'd', 'e']) await store.commit(createOf(name))
        const point = cache.revision
        await store.compact(soon())
        assert.equal(await store.compactedRevision(), point)
        await assert.rejects(Recorder.on(cache, start), (error) => isApiError(error, 'Expired'))
        for (const name of ['f', 'g', 'h', 'i', 'j']) await store.commit(createOf(name))
        const recorder = await Recorder.on(cache, point)
        await recorder.until(point + 5)
        assert.equal(recorder.events.length, 5)
      },
      tinyWindow,
    )

    storeTest(
      open,
      '[S43] compaction forgets history, keeps every object, and events after it still know the value before',
      async ({ store }) => {
        const cache = await store.cache('configmaps')
        const before = await store.commit(createOf('before', { data: { x: '0' } }))
        const later = await store.commit(createOf('later', { data: { x: '0' } }))
        const point = cache.revision
        await store.compact(new Date(Date.now() - 60_000))
        assert.equal((await store.history({ resource: 'configmaps', limit: 10 })).length, 2)
        await store.compact(soon())
        assert.deepEqual(await store.history({ resource: 'configmaps', limit: 10 }), [])
        assert.equal(cache.size, 2)
        await store.commit(updateOf(before, { x: '1' }))
        await store.commit(deleteOf(later))
        for (const name of ['f', 'g', 'h', 'i', 'j']) await store.commit(createOf(name))
        const recorder = await Recorder.on(cache, point)
        await recorder.until(cache.revision)
        assert.deepEqual(
          recorder.events.slice(0, 2).map((event) => event.previous?.json),
          [before.json, later.json],
        )
      },
      tinyWindow,
    )

    storeTest(
      open,
      '[S44] entries of kinds without history outlive a compaction while they are fresh',
      async ({ store }) => {
        const cache = await store.cache('configmaps')
        const start = cache.revision
        let stored = await store.commit(createOf('lease', { keepsHistory: false }))
        for (const n of [1, 2, 3, 4, 5]) stored = await store.commit(updateOf(stored, { n: String(n) }, false))
        await store.compact(new Date(0))
        const recorder = await Recorder.on(cache, start)
        await recorder.until(stored.revision)
        assert.equal(recorder.events.length, 6)
        assert.equal(await store.compactedRevision(), 0)
      },
      tinyWindow,
    )
  })
}
