import { nodes, pods } from '@quarterdeck/api'
import { textOf } from '@quarterdeck/apiserver'
import { questionSchema, type WhatIfAnswer } from '@quarterdeck/what-if/question'

import { authorizeReading } from '../target.ts'
import { procedure } from '../trpc.ts'

/**
 * What would happen if nodes were drained, lost or added, or workloads scaled: worked out by the scheduler on a copy of the cluster, and
 * never done. For users who may read all nodes and pods. Throws NotFound for a node or workload that is not there, ServiceUnavailable
 * while no worker leads.
 */
export const whatIf = procedure.input(questionSchema).query(async ({ ctx, input }): Promise<WhatIfAnswer> => {
  for (const kind of [nodes, pods]) await authorizeReading(ctx.server.core, ctx.user, kind)
  return JSON.parse(textOf(await ctx.server.worker.post('/what-if', input))) as WhatIfAnswer
})
