import { drainFateOf, nodes, pods, type DrainFate } from '@quarterdeck/api'
import { z } from 'zod'

import { authorizeReading } from '../target.ts'
import { procedure } from '../trpc.ts'
import { podsOnNode } from './pods-on-node.ts'

export interface DrainPreview {
  pods: { namespace: string; name: string; fate: DrainFate }[]
}

/** What draining a node would do to each pod on it. */
export const drainPreview = procedure
  .input(z.object({ name: z.string().min(1).max(253) }))
  .query(async ({ ctx, input }): Promise<DrainPreview> => {
    await authorizeReading(ctx.server.core, ctx.user, pods)
    await ctx.client.get(nodes, { namespace: '', name: input.name })
    const found = await podsOnNode(ctx.live, input.name)
    return { pods: found.map((pod) => ({ namespace: pod.metadata.namespace, name: pod.metadata.name, fate: drainFateOf(pod) })) }
  })
