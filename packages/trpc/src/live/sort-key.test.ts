import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import fc from 'fast-check'

import { compareSortKeys, sortedKeys, sortKeyOf } from './sort-key.ts'

const sorted = (values: (string | number | boolean | null)[]): unknown[] =>
  values.toSorted((a, b) => compareSortKeys(sortKeyOf(a), sortKeyOf(b)))

describe('sort keys', () => {
  test('numbers inside names sort by their value', () => {
    assert.deepEqual(sorted(['web-10', 'web-9', 'web-100', 'api']), ['api', 'web-9', 'web-10', 'web-100'])
  })
  test('counts with a note sort by the count', () => {
    assert.deepEqual(sorted(['12', '3 (5m ago)', '0']), ['0', '3 (5m ago)', '12'])
  })
  test('numbers sort as numbers', () => {
    assert.deepEqual(sorted([10, 9, 100]), [9, 10, 100])
  })
  test('case does not matter', () => {
    assert.deepEqual(sorted(['b', 'A', 'C']), ['A', 'b', 'C'])
  })
  test('keys of a whole column are put into the order that comparing them gives', () => {
    const key = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(fc.uniqueArray(key, { comparator: 'SameValueZero' }), (keys) => {
        assert.deepEqual(sortedKeys(keys), keys.toSorted(compareSortKeys))
      }),
    )
  })
  test('empty cells come before texts', () => {
    assert.deepEqual(sorted(['x', null]), [null, 'x'])
  })
})
