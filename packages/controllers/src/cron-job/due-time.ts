import type { CronSchedule } from '@quarterdeck/api'

export interface DueTime {
  /** The latest time that is over and for which nothing was started; undefined if there is none. */
  dueMs: number | undefined
  /** How many times are over, those before the latest too. An estimate where they are not evenly spread. */
  missed: number
}

interface Times {
  schedule: CronSchedule
  zone: string
  /** The last time for which something was started, or when it all began. */
  sinceMs: number
  nowMs: number
}

/** Throws if the schedule never comes. */
export function dueTimeOf({ schedule, zone, sinceMs, nowMs }: Times): DueTime {
  const next = (afterMs: number): number => {
    const atMs = schedule.nextMs(afterMs, zone)
    if (atMs === undefined) throw new Error('time difference between two schedules is less than 1 second')
    return atMs
  }
  const firstMs = next(sinceMs)
  if (firstMs > nowMs) return { dueMs: undefined, missed: 0 }
  const secondMs = next(firstMs)
  if (secondMs > nowMs) return { dueMs: firstMs, missed: 1 }
  const gapMs = secondMs - firstMs
  const missed = Math.floor((nowMs - firstMs) / gapMs) + 1
  return { dueMs: latestMs({ next, firstMs, gapMs: gapMs * 2, nowMs }), missed }
}

/** Looks back further and further, so that a year of missed minutes costs no more than a day of them. */
function latestMs({
  next,
  firstMs,
  gapMs,
  nowMs,
}: {
  next(afterMs: number): number
  firstMs: number
  gapMs: number
  nowMs: number
}): number {
  const gaps = Math.floor((nowMs - firstMs) / gapMs)
  // A whole number of gaps from the first, as `@every` counts from there.
  let latest = next(firstMs + Math.max(0, gaps - 1) * gapMs)
  for (let back = 2; latest > nowMs; back *= 2) latest = gaps > back ? next(firstMs + (gaps - back) * gapMs) : firstMs
  for (let atMs = latest; atMs <= nowMs; atMs = next(atMs)) latest = atMs
  return latest
}
