import { deployments } from '@quarterdeck/api'
import { badRequest } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import { eachTarget } from '../objects/each-target.ts'
import { resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'

/** Pauses and resumes the rollouts of Deployments, as `kubectl rollout pause` and `resume` do. */
export const setPaused = procedure
  .input(z.object({ targets: z.array(targetSchema).min(1).max(1000), isPaused: z.boolean() }))
  .mutation(({ ctx, input: { targets, isPaused } }) =>
    eachTarget(targets, async (target) => {
      const { kind, key } = resolveTarget(ctx.server.core, target)
      if (kind.resource !== deployments.resource) throw badRequest(`the rollouts of a ${kind.kind} can’t be paused`)
      await ctx.client.patch(kind, key, { spec: { paused: isPaused || null } }, { type: 'merge' })
    }),
  )
