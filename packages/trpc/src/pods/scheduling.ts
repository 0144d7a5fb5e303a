import { isApiError } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import { procedure } from '../trpc.ts'

const rejectionSchema = z.object({
  plugin: z.string(),
  reasons: z.array(z.string()),
  /** With figures and names: `needs 2 CPU; 1.4 CPU free of 4 CPU`. */
  detail: z.string(),
})

const verdictsSchema = z.object({
  /** RFC 3339. */
  attemptedAt: z.string(),
  message: z.string(),
  nodeCount: z.number(),
  nodes: z.array(z.object({ node: z.string(), rejections: z.array(rejectionSchema) })),
})

export type SchedulingVerdicts = z.output<typeof verdictsSchema>

/** Why a pod waits for a node: what every plugin of the scheduler has against every node. Null when nothing is known yet. */
export const podScheduling = procedure
  .input(z.object({ namespace: z.string().min(1).max(253), name: z.string().min(1).max(253) }))
  .query(async ({ ctx, input }): Promise<SchedulingVerdicts | null> => {
    try {
      const explained: unknown = JSON.parse(await ctx.server.explainScheduling(ctx.user, input, { changes: 'false' }))
      return verdictsSchema.safeParse(explained).data ?? null
    } catch (error) {
      if (isApiError(error, 'NotFound')) return null
      throw error
    }
  })
