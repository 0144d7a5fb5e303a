import {
  hasJobCondition,
  isJobFinished,
  jobs,
  type CronJob,
  type Job,
  type V1CronJobStatus,
  type V1ObjectReference,
} from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'
import type { EventType } from '@quarterdeck/controller-runtime'

import { scheduledMsOf } from './job-of-cron-job.ts'

export interface CronJobEvent {
  type: EventType
  reason: string
  message: string
}

/** What a CronJob's Jobs tell of it. */
export interface Observation {
  status: V1CronJobStatus
  events: CronJobEvent[]
}

/**
 * The status as its Jobs have it. A Job that the schedule made is on record even if this process ended before it could write so:
 * as active, and its time as one that was served. `missing` are the uids of active Jobs that are gone.
 */
export function observeJobs(cronJob: CronJob, owned: readonly Job[], missing: ReadonlySet<string>): Observation {
  const { status } = cronJob
  const known = new Set((status.active ?? []).map(({ uid }) => uid))
  const unfinished = new Set(owned.filter((job) => !isJobFinished(job.status)).map(({ metadata }) => metadata.uid))
  const finished = new Set(owned.filter((job) => isJobFinished(job.status)).map(({ metadata }) => metadata.uid))
  const isForgotten = (job: Job): boolean => unfinished.has(job.metadata.uid) && !known.has(job.metadata.uid)
  const forgotten = owned.filter(isForgotten)
  const active = [
    ...(status.active ?? []).filter(({ uid = '' }) => !finished.has(uid) && !missing.has(uid)),
    ...forgotten.filter((job) => scheduledMsOf(job) !== undefined).map(referenceTo),
  ]
  return {
    status: withTimes({ ...status, active }, owned),
    events: [
      ...forgotten.filter((job) => scheduledMsOf(job) === undefined).map(unexpected),
      ...owned.filter(({ metadata: { uid } }) => finished.has(uid) && known.has(uid)).map(completed),
      ...(status.active ?? []).filter(({ uid = '' }) => missing.has(uid)).map(gone),
    ],
  }
}

/** Active Jobs that the caches don't have. */
export function unseenJobs({ status }: CronJob, owned: readonly Job[]): V1ObjectReference[] {
  const seen = new Set(owned.map(({ metadata }) => metadata.uid))
  return (status.active ?? []).filter(({ uid = '' }) => !seen.has(uid))
}

export function referenceTo(job: Job): V1ObjectReference {
  const { namespace, name, uid, resourceVersion } = job.metadata
  return { apiVersion: jobs.apiVersion, kind: jobs.kind, namespace, name, uid, resourceVersion }
}

/** An empty list is absent, and times only move on. */
function withTimes({ active, lastScheduleTime, lastSuccessfulTime, ...others }: V1CronJobStatus, owned: readonly Job[]): V1CronJobStatus {
  const scheduled = latest([lastScheduleTime, ...owned.map(scheduledTimeOf)])
  const successful = latest([lastSuccessfulTime, ...owned.map(completionTimeOf)])
  return {
    ...others,
    ...(active && active.length > 0 ? { active } : {}),
    ...(scheduled ? { lastScheduleTime: scheduled } : {}),
    ...(successful ? { lastSuccessfulTime: successful } : {}),
  }
}

function scheduledTimeOf(job: Job): string | undefined {
  const atMs = scheduledMsOf(job)
  return atMs === undefined ? undefined : timestamp(new Date(atMs))
}

const completionTimeOf = ({ status }: Job): string | undefined => (hasJobCondition(status, 'Complete') ? status.completionTime : undefined)

function latest(times: readonly (string | undefined)[]): string | undefined {
  return times.reduce((a, b) => (b !== undefined && (a === undefined || Date.parse(b) > Date.parse(a)) ? b : a), undefined)
}

const unexpected = ({ metadata }: Job): CronJobEvent => ({
  type: 'Warning',
  reason: 'UnexpectedJob',
  message: `Saw a job that the controller did not create or forgot: ${metadata.name}`,
})

const completed = ({ metadata, status }: Job): CronJobEvent => ({
  type: 'Normal',
  reason: 'SawCompletedJob',
  message: `Saw completed job: ${metadata.name}, condition: ${hasJobCondition(status, 'Complete') ? 'Complete' : 'Failed'}`,
})

const gone = ({ name }: V1ObjectReference): CronJobEvent => ({
  type: 'Normal',
  reason: 'MissingJob',
  message: `Active job went missing: ${name}`,
})
