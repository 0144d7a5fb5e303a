import { badRequest, isApiError, isRecord, type KubeObject } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import { DocumentErrors, problemsOf } from '../documents/document-errors.ts'
import { mergePatchBetween } from '../documents/merge-patch-between.ts'
import { comparableYaml } from '../documents/object-yaml.ts'
import { parseDocuments, type SourceDocument } from '../documents/parse-documents.ts'
import { resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import { hiddenValue } from './secret-values.ts'

/**
 * Saves an edited object. `onto: 'exact'` replaces the revision the text names and rejects with Conflict if there is a
 * newer one; `onto: 'latest'` makes the edits (from `base` to `yaml`) to whatever is there now. The answer holds the
 * object as stored, or with `dryRun` as it would be, beside the live one.
 */
export const updateObject = procedure
  .input(
    targetSchema.extend({
      yaml: z.string().max(4_000_000),
      base: z.string().max(4_000_000),
      onto: z.enum(['exact', 'latest']),
      dryRun: z.boolean(),
    }),
  )
  .mutation(async ({ ctx, input }) => {
    const { kind, key } = resolveTarget(ctx.server.core, input)
    const document = onlyDocument(input.yaml)
    if (document.object.metadata?.name !== key.name) throw badRequest(`an edit can't rename ${key.name}: make a new object instead`)
    refuseHiddenValues(document.object)
    const before = await ctx.client.get(kind, key)
    const { dryRun } = input
    try {
      const after =
        input.onto === 'exact'
          ? await ctx.client.update(kind, document.object as KubeObject, { dryRun })
          : await ctx.client.patch(kind, key, editsOf(input.base, document.object), { type: 'merge', dryRun })
      return { before: comparableYaml(before), after: comparableYaml(after), resourceVersion: after.metadata.resourceVersion }
    } catch (error) {
      throw isApiError(error, 'Invalid', 'BadRequest') ? atLines(document.source, error) : error
    }
  })

type Edited = Partial<KubeObject> & Record<string, unknown>

function onlyDocument(yaml: string): { source: SourceDocument; object: Edited } {
  const [source, ...others] = parseDocuments([{ name: 'edit', text: yaml }])
  if (!source || others.length > 0) throw badRequest('an edit holds exactly one object')
  if (!isRecord(source.object)) throw badRequest('an edit must hold an object')
  return { source, object: source.object }
}

function editsOf(base: string, edited: Edited): unknown {
  const { object } = onlyDocument(base)
  const patch = mergePatchBetween(object, edited)
  if (isRecord(patch) && isRecord(patch['metadata'])) delete patch['metadata']['resourceVersion']
  return patch
}

function refuseHiddenValues(object: Edited): void {
  const values = { ...(object['data'] as object | undefined), ...(object['stringData'] as object | undefined) }
  const hidden = Object.entries(values).find(([, value]) => value === hiddenValue)
  if (hidden) throw badRequest(`the value of ${hidden[0]} is hidden: reveal the values before editing`)
}

function atLines(source: SourceDocument, error: Parameters<typeof problemsOf>[0]): DocumentErrors {
  const { file, index, title } = source
  return new DocumentErrors(
    problemsOf(error).map(({ field, message }) => ({ file, index, title, ...source.positionOf(field), message, field })),
  )
}
