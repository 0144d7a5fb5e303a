import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SortedObjects } from './sorted-objects.ts'
import { Stored } from './stored-object.ts'

function stored(name: string, revision: number): Stored {
  const metadata = { name, uid: name, resourceVersion: '', creationTimestamp: '' }
  const object = { apiVersion: 'v1', kind: 'Pod', metadata }
  return new Stored({ key: { resource: 'pods', namespace: '', name }, uid: name, revision }, object, '{}')
}

test('whatever is set and deleted, the list is the sorted values of a map', () => {
  const name = fc.oneof(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 3000 }).map(String))
  const change = fc.record({ name, isDelete: fc.boolean() })
  fc.assert(
    fc.property(fc.array(change, { size: 'max', maxLength: 4000 }), fc.nat(5000), (changes, at) => {
      const objects = new SortedObjects()
      const model = new Map<string, Stored>()
      let handedOut: { list: readonly Stored[]; copy: Stored[] } | undefined
      for (const [index, { name: key, isDelete }] of changes.entries()) {
        const value = stored(key, index)
        if (isDelete && index % 3 === 0) {
          objects.delete(key)
          model.delete(key)
        } else {
          objects.set(value)
          model.set(key, value)
        }
        if (index === at) handedOut = { list: objects.list(), copy: [...objects.list()] }
      }
      const expected = [...model.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
      assert.deepEqual(objects.list(), expected)
      assert.equal(objects.size, model.size)
      for (const [key, value] of model) assert.equal(objects.get(key), value)
      assert.deepEqual(handedOut?.list, handedOut?.copy)
    }),
    { numRuns: 40 },
  )
})
