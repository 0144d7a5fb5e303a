import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { isApiError } from '@quarterdeck/api-machinery'
import { createOf, deleteOf, type OpenStore, range, storeTest, updateOf } from './harness.ts'

export function writeRules(open: OpenStore): void {
  describe('writes', () => {
    storeTest(open, '[S1] each stored write takes the next revision', async ({ store }) => {
      const first = await store.currentRevision()
      const created = await store.commit(createOf('a'))
      const updated = await store.commit(updateOf(created, { x: '1' }))
      const deleted = await store.commit(deleteOf(updated))
      assert.deepEqual([created.revision, updated.revision, deleted.revision], [first + 1, first + 2, first + 3])
      assert.equal(await store.currentRevision(), first + 3)
    })

    storeTest(open, '[S1] writes asked for at once get revisions without gaps or repeats', async ({ store }) => {
      const first = await store.currentRevision()
      const stored = await Promise.all(range(1, 300).map((n) => store.commit(createOf(`o-${n}`))))
      assert.deepEqual(
        stored.map((object) => object.revision).toSorted((a, b) => a - b),
        range(first + 1, first + 300),
      )
    })

    storeTest(open, '[S2] the stored object carries its revision, in the object and in its JSON', async ({ store }) => {
      const write = createOf('a', { data: { text: 'quote " backslash \\ line \n zero \u0000 lone \ud800 snowman ☃ rocket 🚀 rs \u001e' } })
      const stored = await store.commit(write)
      assert.equal(stored.object.metadata.resourceVersion, String(stored.revision))
      assert.deepEqual(JSON.parse(stored.json), stored.object)
      assert.deepEqual({ ...stored.object, metadata: { ...stored.object.metadata, resourceVersion: '' } }, write.object)
      assert.equal(stored.uid, write.uid)
      assert.match(stored.json, /^\{"apiVersion":"v1","kind":"ConfigMap","metadata":\{"resourceVersion":/)
    })

    storeTest(open, '[S5] creating a key or a uid that is taken fails with AlreadyExists', async ({ store }) => {
      const write = createOf('a')
      await store.commit(write)
      await assert.rejects(store.commit(createOf('a')), (error) => isApiError(error, 'AlreadyExists'))
      await assert.rejects(store.commit({ ...createOf('b'), uid: write.uid }), (error) => isApiError(error, 'AlreadyExists'))
      assert.ok(await store.commit(createOf('a', { namespace: 'other' })))
      assert.ok(await store.commit(createOf('a', { resource: 'secrets' })))
    })

    storeTest(open, '[S6] changing what is not there fails with NotFound', async ({ store }) => {
      const stored = await store.commit(createOf('a'))
      await store.commit(deleteOf(stored))
      await assert.rejects(store.commit(updateOf(stored, {})), (error) => isApiError(error, 'NotFound'))
      await assert.rejects(store.commit(deleteOf(stored)), (error) => isApiError(error, 'NotFound'))
    })

    storeTest(open, '[S7] changing another revision than the expected one fails with Conflict', async ({ store }) => {
      const stored = await store.commit(createOf('a'))
      await store.commit(updateOf(stored, { x: '1' }))
      await assert.rejects(store.commit(updateOf(stored, { x: '2' })), (error) => isApiError(error, 'Conflict'))
      await assert.rejects(store.commit(deleteOf(stored)), (error) => isApiError(error, 'Conflict'))
    })

    storeTest(open, '[S8] a refused write takes no revision and harms none beside it', async ({ store }) => {
      await store.commit(createOf('taken'))
      const first = await store.currentRevision()
      const outcomes = await Promise.allSettled(range(1, 40).map((n) => store.commit(createOf(n % 4 === 0 ? 'taken' : `o-${n}`))))
      assert.equal(outcomes.filter((outcome) => outcome.status === 'rejected').length, 10)
      assert.equal(await store.currentRevision(), first + 30)
    })

    storeTest(open, '[S9] of writes that expect the same revision one is stored', async ({ store }) => {
      const stored = await store.commit(createOf('a'))
      const outcomes = await Promise.allSettled(range(1, 20).map((n) => store.commit(updateOf(stored, { n: String(n) }))))
      assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 1)
      const creates = await Promise.allSettled(range(1, 20).map(() => store.commit(createOf('b'))))
      assert.equal(creates.filter((outcome) => outcome.status === 'fulfilled').length, 1)
    })

    storeTest(open, '[S10] a group is stored whole, in its order, with consecutive revisions', async ({ store }) => {
      const old = await store.commit(createOf('old'))
      const gone = await store.commit(createOf('gone'))
      const stored = await store.commitAll([createOf('a'), updateOf(old, { x: '1' }), deleteOf(gone), createOf('b')])
      assert.deepEqual(
        stored.map((object) => object.revision),
        range(gone.revision + 1, gone.revision + 4),
      )
      assert.deepEqual(await store.commitAll([]), [])
    })

    storeTest(open, '[S11] a group with a failing write stores nothing and rejects with the first failure', async ({ store }) => {
      await store.commit(createOf('taken'))
      const changing = await store.commit(createOf('changing'))
      const stale = updateOf(changing, { x: '1' })
      const moved = await store.commit(updateOf(changing, {}))
      const beside = store.commit(createOf('beside'))
      await assert.rejects(store.commitAll([createOf('a'), stale, createOf('taken')]), (error) => isApiError(error, 'Conflict'))
      const { revision } = await beside
      assert.equal(revision, moved.revision + 1)
      assert.equal(await store.currentRevision(), revision)
      const cache = await store.cache('configmaps')
      assert.equal(cache.get('default', 'a'), undefined)
    })

    storeTest(open, '[S12] a group may name a key once', async ({ store }) => {
      await assert.rejects(store.commitAll([createOf('a'), createOf('a')]), (error) => isApiError(error, 'BadRequest'))
    })

    storeTest(open, '[S13] a closed store refuses with ServiceUnavailable', async ({ store }) => {
      await store.close()
      await assert.rejects(store.commit(createOf('a')), (error) => isApiError(error, 'ServiceUnavailable'))
    })
  })
}
