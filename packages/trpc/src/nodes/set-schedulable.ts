import { nodes } from '@quarterdeck/api'
import { z } from 'zod'

import { procedure } from '../trpc.ts'
import { eachTarget } from '../objects/each-target.ts'

/** Cordons and uncordons nodes. */
export const setSchedulable = procedure
  .input(z.object({ names: z.array(z.string().min(1).max(253)).min(1).max(1000), isSchedulable: z.boolean() }))
  .mutation(({ ctx, input }) =>
    eachTarget(
      input.names.map((name) => ({ apiVersion: nodes.apiVersion, plural: nodes.plural, namespace: '', name })),
      ({ name }) =>
        ctx.client.patch(nodes, { namespace: '', name }, { spec: { unschedulable: input.isSchedulable ? null : true } }, { type: 'merge' }),
    ),
  )
