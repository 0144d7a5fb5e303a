import { cronJobs, localTimeZone, parseCronSchedule } from '@quarterdeck/api'
import { z } from 'zod'

import { procedure } from '../trpc.ts'

const shownRuns = 5

/** The times (RFC 3339) at which a CronJob's schedule comes next, were it not suspended; none for a schedule that never comes. */
export const nextRuns = procedure
  .input(z.object({ namespace: z.string().min(1).max(253), name: z.string().min(1).max(253) }))
  .query(async ({ ctx, input }): Promise<string[]> => {
    const { spec } = await ctx.client.get(cronJobs, input)
    return runsAfter(spec.schedule, spec.timeZone ?? localTimeZone(), Date.now())
  })

/** Exported for its test. */
export function runsAfter(text: string, zone: string, nowMs: number): string[] {
  const schedule = parseCronSchedule(text)
  const times: string[] = []
  for (let atMs = schedule.nextMs(nowMs, zone); atMs !== undefined && times.length < shownRuns; atMs = schedule.nextMs(atMs, zone))
    times.push(new Date(atMs).toISOString())
  return times
}
