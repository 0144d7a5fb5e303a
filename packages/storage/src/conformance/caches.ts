import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { isApiError } from '@quarterdeck/api-machinery'
import { createOf, deleteOf, type OpenStore, range, storeTest, updateOf } from './harness.ts'

export function cacheRules(open: OpenStore): void {
  describe('caches', () => {
    storeTest(open, '[S20] an acknowledged write is in the cache', async ({ store }) => {
      const cache = await store.cache('configmaps')
      const created = await store.commit(createOf('a'))
      assert.equal(cache.get('default', 'a')?.revision, created.revision)
      const updated = await store.commit(updateOf(created, { x: '1' }))
      assert.equal(cache.get('default', 'a')?.json, updated.json)
      assert.ok(cache.revision >= updated.revision)
      await store.commit(deleteOf(updated))
      assert.equal(cache.get('default', 'a'), undefined)
      assert.equal(cache.size, 0)
    })

    storeTest(open, '[S21] a cache opened late holds what was there, and only its resource', async ({ store }) => {
      const stored = await store.commit(createOf('a', { data: { k: 'v\u0000\u001e' } }))
      await store.commit(createOf('s', { resource: 'secrets' }))
      const cache = await store.cache('configmaps')
      assert.equal(await store.cache('configmaps'), cache)
      assert.deepEqual(
        cache.list().map((object) => object.json),
        [stored.json],
      )
      assert.deepEqual(cache.get('default', 'a')?.object, stored.object)
    })

    storeTest(open, '[S22] lists are in order of namespace, then name, by code units', async ({ store }) => {
      const names = ['b', 'a', 'a-b', 'a.b', 'ab', 'B', '10', '9', 'z'].flatMap((name) =>
        ['n2', 'n1', 'n-1', ''].map((namespace) => ({ name, namespace })),
      )
      const half = names.length / 2
      for (const { name, namespace } of names.slice(0, half)) await store.commit(createOf(name, { namespace }))
      const cache = await store.cache('configmaps')
      for (const { name, namespace } of names.slice(half)) await store.commit(createOf(name, { namespace }))
      const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
      const expected = names.toSorted((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name))
      const shown = cache.list().map(({ key }) => ({ name: key.name, namespace: key.namespace }))
      assert.deepEqual(shown, expected)
      assert.deepEqual(
        cache.list('n1').map((object) => object.key.name),
        expected.filter((key) => key.namespace === 'n1').map((key) => key.name),
      )
      assert.deepEqual(cache.list('none'), [])
    })

    storeTest(open, '[S23] a list that was handed out never changes', async ({ store }) => {
      const cache = await store.cache('configmaps')
      const stored = await Promise.all(range(1, 1500).map((n) => store.commit(createOf(`o-${n}`))))
      const before = cache.list()
      const copy = [...before]
      await Promise.all(stored.slice(0, 700).map((object) => store.commit(deleteOf(object))))
      await store.commit(createOf('new'))
      assert.deepEqual(before, copy)
      assert.equal(cache.list().length, 801)
      assert.equal(cache.list(), cache.list())
    })

    storeTest(open, '[S28] a list of an earlier revision is as it was then', async ({ store }) => {
      await store.commit(createOf('earlier', { resource: 'secrets' }))
      const cache = await store.cache('configmaps')
      const [a, b, other] = await Promise.all(
        [createOf('a'), createOf('b'), createOf('c', { namespace: 'n2' })].map((w) => store.commit(w)),
      )
      const then = cache.revision
      const before = { all: cache.list(), own: cache.list('default') }
      assert.equal(cache.listAt(then), before.all)
      const changed = await store.commit(updateOf(a!, { x: '1' }))
      await store.commit(updateOf(changed, { x: '2' }))
      await store.commit(deleteOf(b!))
      await store.commit(deleteOf(other!))
      await store.commit(createOf('0'))
      assert.deepEqual(cache.listAt(then), before.all)
      assert.deepEqual(cache.listAt(then, 'default'), before.own)
      assert.equal(cache.listAt(0), undefined)
    })

    storeTest(open, '[S24] waiting for a revision ends when it is reached, or fails with Timeout', async ({ store }) => {
      const cache = await store.cache('configmaps')
      const waiting = cache.waitFor(cache.revision + 2)
      await store.commit(createOf('s', { resource: 'secrets' }))
      await store.commit(createOf('a'))
      await waiting
      await assert.rejects(
        cache.waitFor(cache.revision + 1, 10),
        (error) => isApiError(error, 'Timeout') && /Too large resource version/.test(error.message),
      )
    })
  })
}
