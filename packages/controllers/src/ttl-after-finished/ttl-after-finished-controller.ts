import { cronJobs, jobs, type CronJob, type Job } from '@quarterdeck/api'
import { controllerOf, isApiError, keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import { getIfExists } from '@quarterdeck/client'
import { again, defineController, done, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { scheduledMsOf } from '../cron-job/job-of-cron-job.ts'

const lookAgainMs = 1000

/** Deletes Jobs, and what is theirs, when ttlSecondsAfterFinished are over. */
export const ttlAfterFinishedController = defineController({
  name: 'ttl-after-finished',
  component: 'ttl-after-finished-controller',
  primary: jobs,
  reads: [cronJobs],
  writes: [jobs],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const cached = ctx.cache(jobs).get(key)
  const leftMs = cached && timeLeftMs(cached, ctx.clock.now())
  if (leftMs === undefined) return done
  if (leftMs > 0) return again(leftMs)
  // The cache may be behind: a longer time may have been asked for.
  const job = await getIfExists(ctx.client, jobs, key)
  const stillLeftMs = job && timeLeftMs(job, ctx.clock.now())
  if (stillLeftMs === undefined) return done
  if (stillLeftMs > 0) return again(stillLeftMs)
  if (!isOnRecord(job!, ctx)) return again(lookAgainMs)
  await deleteJob(job!, ctx)
  return done
}

/** Milliseconds until a finished Job is to go; undefined if that is not to be. */
export function timeLeftMs({ metadata, spec, status }: Job, nowMs: number): number | undefined {
  if (metadata.deletionTimestamp || spec.ttlSecondsAfterFinished === undefined) return undefined
  const end = status.conditions?.find(({ type, status: value }) => (type === 'Complete' || type === 'Failed') && value === 'True')
  if (!end?.lastTransitionTime) return undefined
  return Math.max(0, Date.parse(end.lastTransitionTime) + spec.ttlSecondsAfterFinished * 1000 - nowMs)
}

/** Whether the CronJob that made it knows of it: one that doesn't would make it again. */
function isOnRecord(job: Job, ctx: ReconcileContext): boolean {
  const owner = controllerOf(job)
  const scheduledMs = scheduledMsOf(job)
  if (owner?.kind !== cronJobs.kind || scheduledMs === undefined) return true
  const cronJob: CronJob | undefined = ctx.cache(cronJobs).get({ namespace: job.metadata.namespace, name: owner.name })
  if (cronJob?.metadata.uid !== owner.uid) return true
  return Date.parse(cronJob.status.lastScheduleTime ?? '') >= scheduledMs
}

async function deleteJob(job: Job, { client }: ReconcileContext): Promise<void> {
  const { uid, resourceVersion } = job.metadata
  try {
    await client.delete(jobs, keyOf(job), { propagationPolicy: 'Foreground', preconditions: { uid, resourceVersion } })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}
