import { nodes, pods } from '@quarterdeck/api'
import { textOf, type ApiServer, type User } from '@quarterdeck/apiserver'
import { questionSchema, type WhatIfAnswer } from '@quarterdeck/what-if/question'
import type { z } from 'zod'

import { authorizeReading } from '../target.ts'
import { procedure } from '../trpc.ts'

/**
 * What would happen if nodes were drained, lost or added, or workloads scaled: worked out by the scheduler on a copy of the cluster, and
 * never done. For users who may read all nodes and pods. Throws NotFound for a node or workload that is not there, ServiceUnavailable
 * while no worker leads.
 */
export const whatIf = procedure.input(questionSchema).query(({ ctx, input }) => askWhatIf(ctx.server, ctx.user, input))

/** Throws as `whatIf` does. */
export async function askWhatIf(server: ApiServer, user: User, question: z.output<typeof questionSchema>): Promise<WhatIfAnswer> {
  for (const kind of [nodes, pods]) await authorizeReading(server.core, user, kind)
  return JSON.parse(textOf(await server.worker.post('/what-if', question))) as WhatIfAnswer
}
