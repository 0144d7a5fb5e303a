const formats = new Map<string, Intl.DateTimeFormat>()

/** Throws RangeError for a zone that the time zone database doesn't have. The database is of a few hundred names. */
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
    format = new Intl.DateTimeFormat('en-US', { ...parts, timeZone: zone, hourCycle: 'h23' })
    formats.set(zone, format)
  }
  return format
}

/** Names of the database contain no offsets like `+01`, which Intl would take as well. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    formatOf(name)
    return true
  } catch {
    return false
  }
}

/** The zone of this process, as schedules that name none use it. */
export function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** What a clock on the wall shows at `atMs`, as if it were UTC, in ms. */
export function wallClockMs(atMs: number, zone: string): number {
  if (zone === 'UTC') return atMs
  const wholeSeconds = Math.floor(atMs / 1000) * 1000
  const part: Record<string, number> = {}
  for (const { type, value } of formatOf(zone).formatToParts(wholeSeconds)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second) + (atMs - wholeSeconds)
}

/** The first moment of the day that begins at `wallMidnightMs`, which need not be midnight where clocks are then put forward. */
export function startOfDayMs(wallMidnightMs: number, zone: string): number {
  if (zone === 'UTC') return wallMidnightMs
  const offsetAt = (atMs: number): number => wallClockMs(atMs, zone) - atMs
  const candidates = [wallMidnightMs - offsetAt(wallMidnightMs - dayMs), wallMidnightMs - offsetAt(wallMidnightMs + dayMs)]
  const within = candidates.filter((atMs) => wallClockMs(atMs, zone) >= wallMidnightMs)
  return within.length > 0 ? Math.min(...within) : Math.max(...candidates)
}

const dayMs = 86_400_000

/** RFC 3339 with the zone's offset, of whole seconds: `2026-03-01T10:00:00+01:00`. */
export function zonedTimestamp(atMs: number, zone: string): string {
  const wallMs = wallClockMs(atMs, zone)
  const offsetMinutes = Math.round((wallMs - atMs) / 60_000)
  const text = new Date(wallMs).toISOString().slice(0, 19)
  if (offsetMinutes === 0) return `${text}Z`
  const two = (n: number): string => String(n).padStart(2, '0')
  const size = Math.abs(offsetMinutes)
  return `${text}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
