import { isTimeZone, localTimeZone, parseCronSchedule, type CronJob, type V1CronJobStatus } from '@quarterdeck/api'

import { dueTimeOf } from './due-time.ts'
import { jobNameAt } from './job-of-cron-job.ts'
import type { CronJobEvent } from './observe-jobs.ts'

/** Whether a Job is to be started now, and when to look again. */
export interface StartPlan {
  dueMs: number | undefined
  nextMs: number | undefined
  events: CronJobEvent[]
}

const mostMissed = 100

/** `notBeforeMs`: times up to it are let go, as the schedule was another then. */
export function planStart(cronJob: CronJob, { nowMs, notBeforeMs }: { nowMs: number; notBeforeMs: number }): StartPlan {
  const { spec, metadata } = cronJob
  if (metadata.deletionTimestamp) return never()
  if (spec.timeZone !== undefined && !isTimeZone(spec.timeZone))
    return never(warning('UnknownTimeZone', `invalid timeZone: ${JSON.stringify(spec.timeZone)}: unknown time zone ${spec.timeZone}`))
  if (spec.suspend) return never()
  try {
    return planBySchedule(cronJob, nowMs, notBeforeMs)
  } catch (error) {
    return never(warning('InvalidSchedule', `invalid schedule: ${spec.schedule} : ${(error as Error).message}`))
  }
}

const never = (...events: CronJobEvent[]): StartPlan => ({ dueMs: undefined, nextMs: undefined, events })
const warning = (reason: string, message: string): CronJobEvent => ({ type: 'Warning', reason, message })

function planBySchedule(cronJob: CronJob, nowMs: number, notBeforeMs: number): StartPlan {
  const { spec, metadata, status } = cronJob
  const parsed = parsedSchedule(spec.schedule)
  if ('event' in parsed) return never(parsed.event)
  const zone = spec.timeZone ?? localTimeZone()
  const lastMs = Date.parse(status.lastScheduleTime ?? metadata.creationTimestamp)
  const deadlineMs = spec.startingDeadlineSeconds === undefined ? -Infinity : nowMs - spec.startingDeadlineSeconds * 1000
  const sinceMs = Math.max(lastMs, notBeforeMs)
  const { dueMs, missed } = dueTimeOf({ schedule: parsed.schedule, zone, sinceMs: Math.max(sinceMs, deadlineMs), nowMs })
  const events = spec.schedule.includes('TZ') ? [zoneInSchedule(spec.schedule)] : []
  // Of `@every` the next time is counted from the last one.
  const nextMs = parsed.schedule.nextMs(dueMs ?? (deadlineMs > sinceMs ? nowMs : sinceMs), zone)
  const later: StartPlan = { dueMs: undefined, nextMs, events }
  if (dueMs === undefined) return later
  if (missed > mostMissed) events.push(tooManyMissed)
  if (isServed(cronJob, status, dueMs)) return later
  if (spec.concurrencyPolicy === 'Forbid' && (status.active?.length ?? 0) > 0) return { ...later, events: [...events, alreadyActive] }
  return { ...later, dueMs }
}

function parsedSchedule(schedule: string): { schedule: ReturnType<typeof parseCronSchedule> } | { event: CronJobEvent } {
  try {
    return { schedule: parseCronSchedule(schedule) }
  } catch (error) {
    const message = `unparseable schedule: ${JSON.stringify(schedule)} : ${(error as Error).message}`
    return { event: warning('UnparseableSchedule', message) }
  }
}

function isServed(cronJob: CronJob, { active = [], lastScheduleTime }: V1CronJobStatus, dueMs: number): boolean {
  const name = jobNameAt(cronJob, dueMs)
  return active.some((job) => job.name === name) || (lastScheduleTime !== undefined && Date.parse(lastScheduleTime) === dueMs)
}

const tooManyMissed = warning(
  'TooManyMissedTimes',
  'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
)
const alreadyActive: CronJobEvent = {
  type: 'Normal',
  reason: 'JobAlreadyActive',
  message: 'Not starting job because prior execution is running and concurrency policy is Forbid',
}
const zoneInSchedule = (schedule: string): CronJobEvent =>
  warning(
    'UnsupportedSchedule',
    `CRON_TZ or TZ used in schedule ${JSON.stringify(schedule)} is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details`,
  )
