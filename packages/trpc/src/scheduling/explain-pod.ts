import { pods } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import { procedure } from '../trpc.ts'
import { explanationSchema, type SchedulingExplanation } from './explanation.ts'

const name = z.string().min(1).max(253)

/**
 * Why a pod waits for a node, with the smallest changes that would help, or how its node scored. Null while the scheduler knows nothing
 * of it. Throws ServiceUnavailable while no worker leads.
 */
export const explainPod = procedure
  .input(
    z.object({
      namespace: name,
      name,
      offset: z.int().min(0).max(1_000_000).default(0),
      limit: z.int().min(0).max(200).default(50),
      /** Only nodes whose name contains this. */
      search: z.string().max(253).default(''),
      /** Only nodes that this plugin rejects. */
      plugin: z.string().max(253).default(''),
      withChanges: z.boolean().default(false),
    }),
  )
  .query(async ({ ctx, input }): Promise<SchedulingExplanation | null> => {
    const { offset, limit, search, plugin, withChanges, ...pod } = input
    const query = { offset: String(offset), limit: String(limit), search, plugin, changes: String(withChanges) }
    try {
      return explanationSchema.parse(await ctx.client.getSubresource(pods, pod, 'scheduling', query))
    } catch (error) {
      if (isApiError(error, 'NotFound')) return null
      throw error
    }
  })
