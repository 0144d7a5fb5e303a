import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createOf } from '../conformance/harness.ts'
import type { Write } from '../store.ts'
import { type PendingGroup, WriteQueue } from './write-queue.ts'

function group(names: string[], length = 10): PendingGroup {
  const writes: Write[] = names.map((name) => createOf(name))
  return { writes, values: [], length, since: 0, resolve: () => {}, reject: () => {} }
}

const namesOf = (groups: readonly PendingGroup[]): string[] => groups.map((each) => each.writes.map((write) => write.key.name).join('+'))

describe('the write queue', () => {
  const cases: { name: string; groups: PendingGroup[]; max?: number; batches: string[][] }[] = [
    { name: 'takes all that waits', groups: [group(['a']), group(['b', 'c'])], batches: [['a', 'b+c']] },
    {
      name: 'keeps writes of one key in their order, one a batch',
      groups: [group(['a']), group(['a']), group(['b']), group(['a'])],
      batches: [['a', 'b'], ['a'], ['a']],
    },
    {
      name: 'holds back what shares a key with a group that waits',
      groups: [group(['a']), group(['a', 'b']), group(['b'])],
      batches: [['a'], ['a+b'], ['b']],
    },
    {
      name: 'bounds a batch in length, but takes at least one group',
      groups: [group(['a'], 5e6), group(['b'], 5e6), group(['c'])],
      batches: [['a'], ['b'], ['c']],
    },
    {
      name: 'bounds a batch in writes',
      groups: [group(Array.from({ length: 400 }, (_, n) => `x${n}`)), group(Array.from({ length: 400 }, (_, n) => `y${n}`))],
      batches: [[''], ['']],
    },
    {
      name: 'takes as many groups as it is asked for',
      groups: [group(['a']), group(['b']), group(['c'])],
      max: 2,
      batches: [['a', 'b'], ['c']],
    },
  ]
  for (const { name, groups, max = Infinity, batches } of cases) {
    test(name, () => {
      const queue = new WriteQueue()
      for (const each of groups) queue.push(each)
      for (const expected of batches) {
        const batch = queue.take(max)
        if (expected[0] === '') assert.equal(batch.length, 1)
        else assert.deepEqual(namesOf(batch), expected)
      }
      assert.ok(queue.isEmpty)
    })
  }

  test('puts back in front what was not committed', () => {
    const queue = new WriteQueue()
    queue.push(group(['a']))
    queue.push(group(['b']))
    const batch = queue.take(Infinity)
    queue.push(group(['c']))
    queue.putBack(batch)
    assert.deepEqual(namesOf(queue.take(Infinity)), ['a', 'b', 'c'])
  })
})
