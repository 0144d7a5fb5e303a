import { z } from 'zod'

import { resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import { eachTarget } from './each-target.ts'

/** Deletes objects, and by default what they own, in the background. */
export const deleteObjects = procedure
  .input(
    z.object({
      targets: z
        .array(targetSchema.extend({ uid: z.string().max(100).optional() }))
        .min(1)
        .max(1000),
      propagationPolicy: z.enum(['Background', 'Foreground', 'Orphan']).default('Background'),
      gracePeriodSeconds: z.int().min(0).optional(),
    }),
  )
  .mutation(({ ctx, input }) => {
    const { propagationPolicy, gracePeriodSeconds } = input
    const uids = new Map(input.targets.map((target) => [JSON.stringify([target.plural, target.namespace, target.name]), target.uid]))
    return eachTarget(input.targets, async (target) => {
      const { kind, key } = resolveTarget(ctx.server.core, target)
      const uid = uids.get(JSON.stringify([target.plural, target.namespace, target.name]))
      await ctx.client.delete(kind, key, {
        propagationPolicy,
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        ...(uid ? { preconditions: { uid } } : {}),
      })
    })
  })
