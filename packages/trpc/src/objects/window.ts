import { z } from 'zod'

import { querySchema } from '../live/query.ts'
import { followWindow, type WindowMessage } from '../live/window.ts'
import { anySignal } from '../live/signal.ts'
import { authorizeReading, kindOf, kindSchema } from '../target.ts'
import { procedure } from '../trpc.ts'

/**
 * A part of a list, live: the query runs here over all objects of the kind, the caller gets the rows from `offset` on,
 * exact counts, and then what changes, at most four times a second.
 */
export const objectWindow = procedure
  .input(kindSchema.extend({ query: querySchema, offset: z.int().min(0).default(0), limit: z.int().min(1).max(500).default(100) }))
  .subscription(async function* ({ ctx, input, signal }): AsyncGenerator<WindowMessage> {
    const kind = kindOf(ctx.server.core, input)
    const { query, offset, limit } = input
    await authorizeReading(ctx.server.core, ctx.user, kind, query.namespaces)
    yield* followWindow(await ctx.live.of(kind), { query, offset, limit }, { board: ctx.usage, signal: anySignal(signal) })
  })
