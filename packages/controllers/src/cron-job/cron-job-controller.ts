import { cronJobs, jobs, type CronJob, type Job, type V1CronJobStatus, type V1ObjectReference } from '@quarterdeck/api'
import { controllerOf, isApiError, keyOf, timestamp, type ObjectKey } from '@quarterdeck/api-machinery'
import { getIfExists } from '@quarterdeck/client'
import { again, defineController, done, updateStatus, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { isNamespaceTerminating } from '../pods/change-pods.ts'
import { beyondHistory } from './history.ts'
import { jobOfCronJob } from './job-of-cron-job.ts'
import { observeJobs, referenceTo, unseenJobs, type CronJobEvent } from './observe-jobs.ts'
import { planStart } from './plan-start.ts'
import { scheduleMemoryOf } from './schedule-memory.ts'

/** Clocks that differ by less than this start a Job once. */
const lateByMs = 100
const lookAgainMs = 1000

/** Starts a Job at every time of a CronJob's schedule, once. */
export const cronJobController = defineController({
  name: 'cronjob',
  component: 'cronjob-controller',
  primary: cronJobs,
  owns: [jobs],
  writes: [cronJobs, jobs],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const cached = ctx.cache(cronJobs).get(key)
  if (!cached) scheduleMemoryOf(ctx).forget(key)
  if (!cached || !ctx.seesOwnWrites(key)) return done
  const owned = ctx.cache(jobs).ownedBy(cached)

  // On record before a Job may go: its time would else be one that nothing was started for.
  const { status, events } = observeJobs(cached, owned, await missingJobs(cached, owned, ctx))
  const cronJob = await updateStatus(ctx.client, cronJobs, { object: cached, status })
  for (const event of events) record(cronJob, event, ctx)
  for (const job of beyondHistory(cronJob, owned)) await deleteJob(cronJob, job, ctx)

  const nowMs = ctx.clock.now()
  const plan = planStart(cronJob, { nowMs, notBeforeMs: scheduleMemoryOf(ctx).changedAtMs(cronJob, nowMs) })
  for (const event of plan.events) record(cronJob, event, ctx)
  if (plan.dueMs !== undefined && !(await start(cronJob, plan.dueMs, ctx))) return again(lookAgainMs)
  return plan.nextMs === undefined ? done : again(Math.max(0, plan.nextMs - ctx.clock.now()) + lateByMs)
}

const record = (cronJob: CronJob, { type, reason, message }: CronJobEvent, { recorder }: ReconcileContext): void =>
  recorder.event(cronJob, type, reason, message)

/** uids of the active Jobs that are gone; a cache that lacks one may be behind. */
async function missingJobs(cronJob: CronJob, owned: readonly Job[], ctx: ReconcileContext): Promise<Set<string>> {
  const missing = new Set<string>()
  for (const { name = '', uid = '' } of unseenJobs(cronJob, owned)) {
    const live = await getIfExists(ctx.client, jobs, { namespace: cronJob.metadata.namespace, name })
    if (live?.metadata.uid !== uid) missing.add(uid)
  }
  return missing
}

/** Resolves with false if the caches are behind, so that the time may have been served. */
async function start(cronJob: CronJob, scheduledMs: number, ctx: ReconcileContext): Promise<boolean> {
  const live = await getIfExists(ctx.client, cronJobs, keyOf(cronJob))
  if (live?.metadata.resourceVersion !== cronJob.metadata.resourceVersion) return false
  const kept = cronJob.spec.concurrencyPolicy === 'Replace' ? await replace(cronJob, ctx) : (cronJob.status.active ?? [])
  const job = await createJob(cronJob, scheduledMs, ctx)
  if (!job) return true
  const active = [...kept.filter(({ uid }) => uid !== job.metadata.uid), referenceTo(job)]
  const status: V1CronJobStatus = { ...cronJob.status, active, lastScheduleTime: timestamp(new Date(scheduledMs)) }
  await updateStatus(ctx.client, cronJobs, { object: cronJob, status })
  return true
}

/** Resolves with the references that stay. */
async function replace(cronJob: CronJob, ctx: ReconcileContext): Promise<V1ObjectReference[]> {
  for (const { name = '', uid } of cronJob.status.active ?? []) {
    const job = await getIfExists(ctx.client, jobs, { namespace: cronJob.metadata.namespace, name })
    if (job && job.metadata.uid === uid) await deleteJob(cronJob, job, ctx)
  }
  return []
}

/** Resolves with the Job of that time, made now or before; undefined if its name is another's or nothing can be made. */
async function createJob(cronJob: CronJob, scheduledMs: number, ctx: ReconcileContext): Promise<Job | undefined> {
  const draft = jobOfCronJob(cronJob, scheduledMs)
  try {
    const job = await ctx.client.create(jobs, draft)
    ctx.recorder.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`)
    return job
  } catch (error) {
    if (isNamespaceTerminating(error)) return undefined
    if (isApiError(error, 'AlreadyExists')) {
      const job = await getIfExists(ctx.client, jobs, keyOf(draft))
      return job && controllerOf(job)?.uid === cronJob.metadata.uid ? job : undefined
    }
    ctx.recorder.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${(error as Error).message}`)
    throw error
  }
}

async function deleteJob(cronJob: CronJob, job: Job, ctx: ReconcileContext): Promise<void> {
  const preconditions = { uid: job.metadata.uid }
  try {
    await ctx.client.delete(jobs, keyOf(job), { propagationPolicy: 'Background', preconditions })
    ctx.recorder.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
  } catch (error) {
    if (isApiError(error, 'NotFound', 'Conflict')) return
    ctx.recorder.event(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${(error as Error).message}`)
    throw error
  }
}
