import { badRequest } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import { resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import { eachTarget } from './each-target.ts'

/** Sets the number of replicas, through the scale subresource. */
export const scaleObjects = procedure
  .input(z.object({ targets: z.array(targetSchema).min(1).max(1000), replicas: z.int().min(0).max(100_000) }))
  .mutation(({ ctx, input }) =>
    eachTarget(input.targets, async (target) => {
      const { kind, key } = resolveTarget(ctx.server.core, target)
      if (!kind.scale) throw badRequest(`a ${kind.kind} has no number of replicas`)
      await ctx.client.patch(kind, key, { spec: { replicas: input.replicas } }, { type: 'merge', subresource: 'scale' })
    }),
  )
