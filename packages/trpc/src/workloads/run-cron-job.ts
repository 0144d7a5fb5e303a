import { cronJobs, jobs, type CronJob, type Job } from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import { procedure } from '../trpc.ts'

const maxJobName = 63
/** Tells Jobs that a person started from those of the schedule, as `kubectl create job --from` does. */
const instantiateAnnotation = 'cronjob.kubernetes.io/instantiate'

/** Starts a Job of a CronJob's template now, whatever its schedule says, as `kubectl create job --from` does. */
export const runCronJob = procedure
  .input(z.object({ namespace: z.string().min(1).max(253), name: z.string().min(1).max(253) }))
  .mutation(async ({ ctx, input }): Promise<{ jobName: string }> => {
    const cronJob = await ctx.client.get(cronJobs, input)
    const job = await ctx.client.create(jobs, manualJobOf(cronJob, randomSuffix()))
    return { jobName: job.metadata.name }
  })

/** The name ends in `-manual-SUFFIX`; a long name is cut before that. */
export function manualJobOf(cronJob: CronJob, suffix: string): Draft<Job> {
  const { name, namespace, uid } = cronJob.metadata
  const { metadata, spec } = cronJob.spec.jobTemplate
  const ending = `-manual-${suffix}`
  return {
    metadata: {
      name: name.slice(0, maxJobName - ending.length) + ending,
      namespace,
      annotations: { ...metadata?.annotations, [instantiateAnnotation]: 'manual' },
      ...(metadata?.labels ? { labels: { ...metadata.labels } } : {}),
      // Without blockOwnerDeletion, as kubectl writes it: setting that would need another right.
      ownerReferences: [{ apiVersion: cronJobs.apiVersion, kind: cronJobs.kind, name, uid, controller: true }],
    },
    spec: structuredClone(spec) ?? { template: {} },
    status: {},
  }
}

const letters = 'bcdfghjklmnpqrstvwxz2456789'

function randomSuffix(): string {
  return [...crypto.getRandomValues(new Uint8Array(5))].map((byte) => letters[byte % letters.length]).join('')
}
