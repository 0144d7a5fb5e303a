import assert from 'node:assert/strict'
import { test } from 'node:test'

import fc from 'fast-check'

import { KeyedHeap } from './keyed-heap.ts'

test('a keyed heap gives what a sorted map would, whatever was set and deleted before', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), value: fc.option(fc.integer({ min: 0, max: 50 })) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const heap = new KeyedHeap<number>((a, b) => a < b)
      const model = new Map<string, number>()
      for (const { key, value } of steps) {
        if (value === null) {
          assert.equal(heap.delete(key), model.get(key))
          model.delete(key)
        } else {
          heap.set(key, value)
          model.set(key, value)
        }
      }
      const drained = Array.from({ length: model.size }, () => heap.pop())
      assert.deepEqual(
        drained,
        [...model.values()].toSorted((a, b) => a - b),
      )
      assert.equal(heap.pop(), undefined)
    }),
  )
})
