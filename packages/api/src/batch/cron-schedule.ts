import { parseCronField, type CronField } from './cron-field.ts'
import { isTimeZone, startOfDayMs, wallClockMs } from './time-zone.ts'

/** When a CronJob is to run. */
export interface CronSchedule {
  /** The first time after `afterMs`, in ms since the epoch; undefined if there is none within five years (31 February). */
  nextMs(afterMs: number, zone: string): number | undefined
}

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/**
 * Parses what Kubernetes takes as a schedule: five fields, a macro, `@every 1h30m`, each of them after `TZ=zone` if need be.
 * Throws Error worded as Kubernetes words it.
 */
export function parseCronSchedule(text: string): CronSchedule {
  if (text === '') throw new Error('empty spec string')
  const [, zone, spec = text] = /^(?:CRON_)?TZ=(\S*)\s*(.*)$/.exec(text) ?? []
  if (zone !== undefined && zone !== '' && !isTimeZone(zone)) throw new Error(`provided bad location ${zone}: unknown time zone ${zone}`)
  const schedule = spec.startsWith('@') ? parseDescriptor(spec) : parseFields(spec)
  return zone ? { nextMs: (afterMs) => schedule.nextMs(afterMs, zone) } : schedule
}

function parseDescriptor(spec: string): CronSchedule {
  const fields = macros[spec]
  if (fields) return parseFields(fields)
  if (!spec.startsWith('@every ')) throw new Error(`unrecognized descriptor: ${spec}`)
  const periodMs = Math.max(1000, Math.floor(durationMs(spec) / 1000) * 1000)
  return { nextMs: (afterMs) => Math.floor(afterMs / 1000) * 1000 + periodMs }
}

const unitsMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function durationMs(spec: string): number {
  const text = spec.slice('@every '.length)
  if (!/^\+?((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(text))
    throw new Error(`failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(text)}`)
  let total = 0
  for (const [, amount, unit = ''] of text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)) total += Number(amount) * (unitsMs[unit] ?? 0)
  return total
}

interface Fields {
  minute: CronField
  hour: CronField
  day: CronField
  month: CronField
  weekday: CronField
}

function parseFields(spec: string): CronSchedule {
  const parts = spec.split(/\s+/).filter(Boolean)
  if (parts.length !== 5) throw new Error(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`)
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = parts
  const fields: Fields = {
    minute: parseCronField(minute, { min: 0, max: 59 }),
    hour: parseCronField(hour, { min: 0, max: 23 }),
    day: parseCronField(day, { min: 1, max: 31 }),
    month: parseCronField(month, { min: 1, max: 12, names: monthNames }),
    weekday: parseCronField(weekday, { min: 0, max: 6, names: weekdayNames }),
  }
  return { nextMs: (afterMs, zone) => nextMatch(fields, afterMs, zone) }
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const yearsAhead = 5

/**
 * Walks from one moment to the next, not from one reading of the clock to the next: a time that a change to summer time skips is
 * no time, and one that the change back repeats is two.
 */
function nextMatch(fields: Fields, afterMs: number, zone: string): number | undefined {
  const lastYear = new Date(afterMs).getUTCFullYear() + yearsAhead
  let atMs = Math.floor(afterMs / minuteMs) * minuteMs + minuteMs
  for (;;) {
    const wall = new Date(wallClockMs(atMs, zone))
    if (wall.getUTCFullYear() > lastYear) return undefined
    const laterMs = whereToGoOn(fields, { atMs, wall, zone })
    if (laterMs === undefined) return atMs
    atMs = Math.max(laterMs, atMs + minuteMs)
  }
}

/** The next moment that can match if this one doesn't. */
function whereToGoOn(fields: Fields, now: { atMs: number; wall: Date; zone: string }): number | undefined {
  const { atMs, wall, zone } = now
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()]
  if (!fields.month.values.has(month + 1)) return startOfDayMs(Date.UTC(year, month + 1, 1), zone)
  if (!matchesDay(fields, wall)) return startOfDayMs(Date.UTC(year, month, day + 1), zone)
  const pastHourMs = wall.getTime() % hourMs
  if (!fields.hour.values.has(wall.getUTCHours())) return atMs - pastHourMs + hourMs
  if (!fields.minute.values.has(wall.getUTCMinutes())) return atMs + minuteMs
  return undefined
}

/** Of day and weekday both must fit if one is `*`; if both are restricted, either will do. */
function matchesDay({ day, weekday }: Fields, wall: Date): boolean {
  const fitsDay = day.values.has(wall.getUTCDate())
  const fitsWeekday = weekday.values.has(wall.getUTCDay())
  return day.isAny || weekday.isAny ? fitsDay && fitsWeekday : fitsDay || fitsWeekday
}
