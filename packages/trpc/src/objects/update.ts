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
 * Saves an edited object. `onto: 'exact'` replaces the revision that `base` is of and rejects with Conflict if there is a
 * newer one, also where the text names none; `onto: 'latest'` makes the edits (from `base` to `yaml`) to whatever is there now. The answer holds the
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
    const base = onlyDocument(input.base).object
    const document = onlyDocument(input.yaml)
    const edited = sameObject(document, { apiVersion: kind.apiVersion, kind: kind.kind }, { ...key, uid: base.metadata?.uid })
    refuseHiddenValues(edited)
    const before = await ctx.client.get(kind, key)
    const { dryRun } = input
    try {
      const after =
        input.onto === 'exact'
          ? await ctx.client.update(kind, atRevision(edited, base.metadata?.resourceVersion), { dryRun })
          : await ctx.client.patch(kind, key, editsOf(base, edited), { type: 'merge', dryRun })
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

/**
 * The edited object with what says which object it is, where the text left that out. Rejects, at its line, a text that
 * says it is another one: saving it would change an object that nobody looked at.
 */
function sameObject(
  { source, object }: { source: SourceDocument; object: Edited },
  type: { apiVersion: string; kind: string },
  { namespace, name, uid }: { namespace: string; name: string; uid: string | undefined },
): Edited & KubeObject {
  const metadata = isRecord(object.metadata) ? object.metadata : {}
  const identity = { name, ...(namespace ? { namespace } : {}), ...(uid ? { uid } : {}) }
  const changes = [...differences(type, object, ''), ...differences(identity, metadata, 'metadata.')]
  if (changes.length > 0)
    throw new DocumentErrors(
      changes.map(({ field, from }) => {
        const message = `${field}: an edit can't change it, it is ${from}: make a new object instead`
        return { file: source.file, index: source.index, title: source.title, ...source.positionOf(field), message, field }
      }),
    )
  return { ...object, ...type, metadata: { ...metadata, ...identity } } as Edited & KubeObject
}

function differences(before: Readonly<Record<string, string>>, now: object, prefix: string): { field: string; from: string }[] {
  const given = now as Readonly<Record<string, unknown>>
  return Object.entries(before).flatMap(([name, from]) => (name in given && given[name] !== from ? [{ field: prefix + name, from }] : []))
}

function atRevision(object: KubeObject, resourceVersion: string | undefined): KubeObject {
  return resourceVersion ? { ...object, metadata: { ...object.metadata, resourceVersion } } : object
}

function editsOf(base: Edited, edited: Edited): unknown {
  const patch = mergePatchBetween(base, edited)
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
