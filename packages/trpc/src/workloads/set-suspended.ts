import { cronJobs, isJobFinished, jobs } from '@quarterdeck/api'
import { badRequest } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import { eachTarget } from '../objects/each-target.ts'
import { resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'

/** Suspends and resumes Jobs and CronJobs. A Job's pods end while it is suspended; a CronJob's Jobs go on. */
export const setSuspended = procedure
  .input(z.object({ targets: z.array(targetSchema).min(1).max(1000), isSuspended: z.boolean() }))
  .mutation(({ ctx, input: { targets, isSuspended } }) =>
    eachTarget(targets, async (target) => {
      const { kind, key } = resolveTarget(ctx.server.core, target)
      if (kind.resource !== jobs.resource && kind.resource !== cronJobs.resource) throw badRequest(`a ${kind.kind} can’t be suspended`)
      if (kind.resource === jobs.resource && isJobFinished((await ctx.client.get(jobs, key)).status))
        throw badRequest(`the Job ${key.name} has finished: there is nothing to ${isSuspended ? 'suspend' : 'resume'}`)
      await ctx.client.patch(kind, key, { spec: { suspend: isSuspended } }, { type: 'merge' })
    }),
  )
