import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { parseCronSchedule } from './cron-schedule.ts'
import { isTimeZone, zonedTimestamp } from './time-zone.ts'

const newYork = 'America/New_York'

/** The first times after `from`, in that zone. */
function timesOf(schedule: string, from: string, options: { zone?: string; count: number }): string[] {
  const zone = options.zone ?? 'UTC'
  const parsed = parseCronSchedule(schedule)
  const times: string[] = []
  let atMs: number | undefined = Date.parse(from)
  while (times.length < options.count && (atMs = parsed.nextMs(atMs, zone)) !== undefined) times.push(zonedTimestamp(atMs, zone))
  return times
}

describe('[CJ1] a schedule', () => {
  const cases: [schedule: string, from: string, ...times: string[]][] = [
    ['*/15 * * * *', '2026-01-01T10:07:30Z', '2026-01-01T10:15:00Z', '2026-01-01T10:30:00Z'],
    ['0 9-17/4 * * mon-fri', '2026-01-02T17:00:00Z', '2026-01-05T09:00:00Z', '2026-01-05T13:00:00Z'],
    ['5/20 0 1 JAN ?', '2026-01-01T00:30:00Z', '2026-01-01T00:45:00Z', '2027-01-01T00:05:00Z'],
    ['0 0 13 * 5', '2026-02-01T00:00:00Z', '2026-02-06T00:00:00Z', '2026-02-13T00:00:00Z', '2026-02-20T00:00:00Z'],
    ['0 0 ? * 1', '2026-01-01T00:00:00Z', '2026-01-05T00:00:00Z', '2026-01-12T00:00:00Z'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['59 23 31 2 *', '2026-01-01T00:00:00Z'],
    ['@hourly', '2026-01-01T10:00:00Z', '2026-01-01T11:00:00Z'],
    ['@weekly', '2026-01-01T10:00:00Z', '2026-01-04T00:00:00Z'],
    ['@yearly', '2026-01-01T10:00:00Z', '2027-01-01T00:00:00Z'],
    ['@every 1h30m', '2026-01-01T10:00:01Z', '2026-01-01T11:30:01Z', '2026-01-01T13:00:01Z'],
    ['TZ=Asia/Tokyo 0 9 * * *', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
  ]
  for (const [schedule, from, ...times] of cases)
    test(`${schedule} after ${from} is ${times.join(', ') || 'never'}`, () => {
      assert.deepEqual(timesOf(schedule, from, { count: Math.max(times.length, 1) }), times)
    })
})

describe('[CJ2] where clocks change', () => {
  const cases: [what: string, schedule: string, from: string, zone: string, ...times: string[]][] = [
    ['a skipped time is left out', '30 2 * * *', '2012-03-10T12:00:00Z', newYork, '2012-03-12T02:30:00-04:00'],
    ['hours go on', '0 * * * *', '2012-03-11T05:30:00Z', newYork, '2012-03-11T01:00:00-05:00', '2012-03-11T03:00:00-04:00'],
    [
      'a repeated time is two',
      '0 1 * * *',
      '2012-11-04T04:00:00Z',
      newYork,
      '2012-11-04T01:00:00-04:00',
      '2012-11-04T01:00:00-05:00',
      '2012-11-05T01:00:00-05:00',
    ],
    ['a day without midnight is found', '15 1 1,15,16 9 *', '2024-09-07T00:00:00Z', 'America/Santiago', '2024-09-15T01:15:00-03:00'],
    ['half an hour off', '0 0 * * *', '2026-01-01T00:00:00Z', 'Asia/Kolkata', '2026-01-02T00:00:00+05:30'],
    ['a shift of half an hour', '15 2 * * *', '2025-10-04T12:00:00Z', 'Australia/Lord_Howe', '2025-10-06T02:15:00+11:00'],
  ]
  for (const [what, schedule, from, zone, ...times] of cases)
    test(what, () => assert.deepEqual(timesOf(schedule, from, { zone, count: times.length }), times))
})

describe('[CJ1] what is no schedule', () => {
  const cases: [schedule: string, message: string][] = [
    ['', 'empty spec string'],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['*/2/3 * * * *', 'too many slashes: */2/3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['@never', 'unrecognized descriptor: @never'],
    ['@every 5', 'failed to parse duration @every 5: time: invalid duration "5"'],
    ['TZ=Mars/One * * * * *', 'provided bad location Mars/One: unknown time zone Mars/One'],
  ]
  for (const [schedule, message] of cases)
    test(`«${schedule}»: ${message}`, () => assert.throws(() => parseCronSchedule(schedule), { message }))
})

test('zones are names of the database, not offsets', () => {
  assert.deepEqual(['Europe/Vienna', 'UTC', 'Etc/GMT+1', '+01', 'Local', ''].map(isTimeZone), [true, true, true, false, false, false])
})
