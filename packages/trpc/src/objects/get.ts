import { z } from 'zod'

import { objectYaml } from '../documents/object-yaml.ts'
import { resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import { withoutSecretValues } from './secret-values.ts'

/** One object and its YAML. A Secret comes without its values unless `reveal` asks for them. */
export const getObject = procedure.input(targetSchema.extend({ reveal: z.boolean().default(false) })).query(async ({ ctx, input }) => {
  const { kind, key } = resolveTarget(ctx.server.core, input)
  const stored = await ctx.client.get(kind, key)
  const object = input.reveal ? stored : withoutSecretValues(stored)
  return { object, yaml: objectYaml(object) }
})
