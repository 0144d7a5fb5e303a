import assert from 'node:assert/strict'
import { test } from 'node:test'

import { runsAfter } from './next-runs.ts'

test('[DB1] the next runs of a schedule are those of its time zone', () => {
  const nowMs = Date.parse('2026-06-01T00:00:00Z')
  assert.deepEqual(runsAfter('30 2 * * *', 'Europe/Berlin', nowMs).slice(0, 2), ['2026-06-01T00:30:00.000Z', '2026-06-02T00:30:00.000Z'])
  assert.equal(runsAfter('*/5 * * * *', 'UTC', nowMs).length, 5)
  assert.deepEqual(runsAfter('0 0 30 2 *', 'UTC', nowMs), [])
})
