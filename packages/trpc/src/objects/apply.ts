import { ApplyError, type AppliedObject, type KindRegistry } from '@quarterdeck/apiserver'
import { z } from 'zod'

import { DocumentErrors, problemsOf, type DocumentError } from '../documents/document-errors.ts'
import { objectYaml } from '../documents/object-yaml.ts'
import { parseDocuments, type SourceDocument } from '../documents/parse-documents.ts'
import { clientName, procedure } from '../trpc.ts'
import { withoutSecretValues } from './secret-values.ts'

/** What was, or for a preview would be, done with one document. */
export interface DocumentResult {
  file: string
  /** 1-based line the document begins at. */
  line: number
  action: AppliedObject['action']
  kind: string
  /** `plural` or `plural.group`. */
  resource: string
  namespace: string
  name: string
  /** The stored form before; '' for a new object. */
  before: string
  /** The stored form after, defaults and admission included. */
  after: string
}

/**
 * Applies YAML texts in one transaction: everything is stored or nothing. With `dryRun` the answer is what would be
 * stored. Rejects with every problem of every document at its line (`data.documents`).
 */
export const applyDocuments = procedure
  .input(
    z.object({
      sources: z
        .array(z.object({ name: z.string().max(500), text: z.string() }))
        .min(1)
        .max(200),
      dryRun: z.boolean(),
    }),
  )
  .mutation(async ({ ctx, input }): Promise<DocumentResult[]> => {
    const documents = parseDocuments(input.sources)
    if (documents.length === 0) return []
    try {
      const applied = await ctx.server.applyAll(ctx.user, documents, { dryRun: input.dryRun, client: clientName })
      return applied.map((result) => documentResult(documents[result.index]!, result, ctx.server.core.registry))
    } catch (error) {
      throw error instanceof ApplyError ? atTheirLines(documents, error) : error
    }
  })

function documentResult(document: SourceDocument, { action, before, after }: AppliedObject, registry: KindRegistry): DocumentResult {
  const shown = (object: AppliedObject['before']): string => (object ? objectYaml(withoutChangeMarks(withoutSecretValues(object))) : '')
  return {
    file: document.file,
    line: document.positionOf(undefined).line,
    action,
    kind: after.kind,
    resource: registry.byKind(after.apiVersion, after.kind)?.resource ?? '',
    namespace: after.metadata.namespace ?? '',
    name: after.metadata.name,
    before: shown(before),
    after: shown(after),
  }
}

/** A preview is about what changes in the object; its revision always does. */
function withoutChangeMarks<T extends AppliedObject['after']>(object: T): T {
  const { resourceVersion: _, uid: _uid, creationTimestamp: _created, generation: _generation, ...metadata } = object.metadata
  return { ...object, metadata }
}

function atTheirLines(documents: readonly SourceDocument[], { failures }: ApplyError): DocumentErrors {
  const errors = failures.flatMap(({ index, error }) => {
    const document = documents[index]!
    return problemsOf(error).map(({ field, message }): DocumentError => ({
      file: document.file,
      index,
      title: document.title,
      ...document.positionOf(field),
      message,
      field,
    }))
  })
  return new DocumentErrors(errors)
}
