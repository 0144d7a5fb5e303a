import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { describe, test } from 'node:test'

import { changesOf } from './node-object.ts'
import { Pressures, readSpare, type Spare } from './pressure.ts'

const cases: { spare: Spare; pressures: string[] }[] = [
  { spare: {}, pressures: [] },
  { spare: { memoryBytes: 100 * 2 ** 20, diskShare: 0.05, inodeShare: 0.05, processShare: 0.05 }, pressures: [] },
  { spare: { memoryBytes: 99 * 2 ** 20 }, pressures: ['MemoryPressure'] },
  { spare: { diskShare: 0.049 }, pressures: ['DiskPressure'] },
  { spare: { inodeShare: 0 }, pressures: ['DiskPressure'] },
  { spare: { processShare: 0.01 }, pressures: ['PIDPressure'] },
]

describe('[N16] pressure', () => {
  for (const { spare, pressures } of cases)
    test(`${JSON.stringify(spare)}: ${pressures.join() || 'none'}`, () => {
      assert.deepEqual([...new Pressures().observe(spare, 0)], pressures)
    })

  test('holds for five minutes after it was last seen', () => {
    const pressures = new Pressures()
    const at = (minutes: number, spare: Spare = {}) => [...pressures.observe(spare, minutes * 60_000)]
    assert.deepEqual(at(0, { diskShare: 0.01 }), ['DiskPressure'])
    assert.deepEqual(at(4.9), ['DiskPressure'])
    assert.deepEqual(at(5), [])
  })

  test('is told in events when it comes and goes', () => {
    const conditions = (disk: string) => [
      { type: 'Ready', status: 'True' },
      { type: 'DiskPressure', status: disk },
    ]
    assert.deepEqual(changesOf(undefined, conditions('False')), ['NodeReady', 'NodeHasNoDiskPressure'])
    assert.deepEqual(changesOf(conditions('False'), conditions('True')), ['NodeHasDiskPressure'])
    assert.deepEqual(changesOf(conditions('True'), conditions('True')), [])
  })

  test('is read from this machine; a path that is not there does not count', async () => {
    const { memoryBytes = 0, diskShare = -1, processShare = -1 } = await readSpare([tmpdir(), '/there/is/no/such/path'])
    assert.ok(memoryBytes > 0)
    assert.ok(diskShare >= 0 && diskShare <= 1)
    assert.ok(processShare > 0 && processShare < 1)
    assert.equal((await readSpare(['/there/is/no/such/path'])).diskShare, undefined)
  })
})
