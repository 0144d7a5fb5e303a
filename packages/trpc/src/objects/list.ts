import { z } from 'zod'

import { kindOf, kindSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import { withoutSecretValues } from './secret-values.ts'

/** A page of objects, whole, as the REST list gives them; Secrets without their values. */
export const listObjects = procedure
  .input(
    kindSchema.extend({
      namespace: z.string().max(253).optional(),
      labelSelector: z.string().max(2000).optional(),
      fieldSelector: z.string().max(2000).optional(),
      limit: z.int().min(1).max(1000).default(500),
      continue: z.string().max(2000).optional(),
    }),
  )
  .query(async ({ ctx, input }) => {
    const kind = kindOf(ctx.server.core, input)
    const { namespace, labelSelector, fieldSelector, limit } = input
    const page = await ctx.client.list(kind, {
      limit,
      ...(namespace ? { namespace } : {}),
      ...(labelSelector ? { labelSelector } : {}),
      ...(fieldSelector ? { fieldSelector } : {}),
      ...(input.continue ? { continue: input.continue } : {}),
    })
    return { items: page.items.map((object) => withoutSecretValues(object)), metadata: page.metadata }
  })
