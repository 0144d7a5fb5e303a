import { findRelated } from '../relations/find-related.ts'
import { relationReader } from '../relations/relation-reader.ts'
import { resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'

/** What an object has to do with others, now. `onDelete` of a group says what deleting the object would do to it. */
export const relatedObjects = procedure.input(targetSchema).query(async ({ ctx, input }) => {
  const { kind, key } = resolveTarget(ctx.server.core, input)
  const object = await ctx.client.get(kind, key)
  return findRelated({ kind, object }, relationReader(ctx.server.core, ctx.user))
})
