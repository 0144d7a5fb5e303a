import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { parseCronSchedule } from '@quarterdeck/api'

import { dueTimeOf } from './due-time.ts'

describe('[CJ10] the time that is due is the latest one missed', () => {
  const cases: [what: string, schedule: string, since: string, now: string, due: string | undefined, missed: number][] = [
    ['none yet', '0 * * * *', '2026-01-01T10:00:00Z', '2026-01-01T10:59:59Z', undefined, 0],
    ['just now', '0 * * * *', '2026-01-01T10:00:00Z', '2026-01-01T11:00:00Z', '2026-01-01T11:00:00Z', 1],
    ['late', '0 * * * *', '2026-01-01T10:00:00Z', '2026-01-01T11:59:00Z', '2026-01-01T11:00:00Z', 1],
    ['some missed', '0 * * * *', '2026-01-01T10:00:00Z', '2026-01-01T14:10:00Z', '2026-01-01T14:00:00Z', 4],
    ['a year of minutes', '* * * * *', '2025-01-01T00:00:00Z', '2026-01-01T00:00:30Z', '2026-01-01T00:00:00Z', 525_600],
    ['none over a weekend', '30 6-16/4 * * 1-5', '2026-01-02T15:00:00Z', '2026-01-05T06:29:00Z', undefined, 0],
    ['in the middle of the week', '30 6-16/4 * * 1-5', '2026-01-02T05:00:00Z', '2026-01-07T05:00:00Z', '2026-01-06T14:30:00Z', 30],
    ['a burst a day', '0-9 0 * * *', '2026-01-01T00:00:00Z', '2026-01-03T23:00:00Z', '2026-01-03T00:09:00Z', 4260],
    ['after a long gap', '0 0 1 1,2 *', '2025-01-15T00:00:00Z', '2026-01-20T00:00:00Z', '2026-01-01T00:00:00Z', 2],
    ['every hour and a half from the start', '@every 1h30m', '2026-01-01T00:00:07Z', '2026-01-02T00:00:00Z', '2026-01-01T22:30:07Z', 15],
  ]
  for (const [what, schedule, since, now, due, missed] of cases)
    test(what, () => {
      const sinceMs = Date.parse(since)
      const result = dueTimeOf({ schedule: parseCronSchedule(schedule), zone: 'UTC', sinceMs, nowMs: Date.parse(now) })
      const shown = result.dueMs === undefined ? undefined : `${new Date(result.dueMs).toISOString().slice(0, 19)}Z`
      assert.deepEqual([shown, result.missed], [due, missed])
    })

  test('a schedule that never comes is an error', () =>
    assert.throws(() => dueTimeOf({ schedule: parseCronSchedule('59 23 31 2 *'), zone: 'UTC', sinceMs: 0, nowMs: 1 })))
})
