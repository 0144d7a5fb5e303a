import { cronJobs, zonedTimestamp, type CronJob, type Job } from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'

import { controllerReference } from '../ownership/owner-reference.ts'

const scheduledTimestampAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

/** The name is the lock by which no time gets two Jobs. */
export function jobNameAt(cronJob: CronJob, scheduledMs: number): string {
  return `${cronJob.metadata.name}-${Math.floor(scheduledMs / 60_000)}`
}

export function jobOfCronJob(cronJob: CronJob, scheduledMs: number): Draft<Job> {
  const { metadata, spec } = cronJob.spec.jobTemplate
  const scheduled = zonedTimestamp(scheduledMs, cronJob.spec.timeZone ?? 'UTC')
  return {
    metadata: {
      name: jobNameAt(cronJob, scheduledMs),
      namespace: cronJob.metadata.namespace,
      ...(metadata?.labels ? { labels: { ...metadata.labels } } : {}),
      annotations: { ...metadata?.annotations, [scheduledTimestampAnnotation]: scheduled },
      ownerReferences: [controllerReference(cronJob, cronJobs)],
    },
    spec: structuredClone(spec) ?? { template: {} },
    status: {},
  }
}

/** The time for which a Job was made, in ms since the epoch; undefined if the schedule didn't make it (`kubectl create job --from`). */
export function scheduledMsOf(job: Job): number | undefined {
  const atMs = Date.parse(job.metadata.annotations?.[scheduledTimestampAnnotation] ?? '')
  return Number.isNaN(atMs) || !job.metadata.name.endsWith(`-${Math.floor(atMs / 60_000)}`) ? undefined : atMs
}
