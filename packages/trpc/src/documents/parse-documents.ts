import { badRequest, composeYaml, isRecord, yamlValue } from '@quarterdeck/api-machinery'
import { visit, type Document } from 'yaml'

import { DocumentErrors, type DocumentError } from './document-errors.ts'
import { offsetOfField, type Path } from './field-position.ts'

export interface SourceText {
  /** Shown in errors. */
  name: string
  text: string
}

/** One object of a YAML (or JSON) text, with the way back to its lines. */
export interface SourceDocument {
  file: string
  /** 0-based, over all documents of all files. */
  index: number
  title: string
  object: unknown
  /** Where a field is, or its nearest ancestor that is there. 1-based. */
  positionOf(field: string | undefined): { line: number; column: number }
}

const maxDocuments = 1000
/** More than anybody reads. */
const maxErrors = 100

/** Reads every object of every text; empty documents are skipped, items of a List are objects of their own. Throws DocumentErrors. */
export function parseDocuments(sources: readonly SourceText[]): SourceDocument[] {
  const documents: SourceDocument[] = []
  const errors: DocumentError[] = []
  for (const source of sources) {
    try {
      readSource(source, documents, errors)
    } catch (error) {
      errors.push(wholeFileError(source.name, documents.length, error))
    }
  }
  if (errors.length > 0) throw new DocumentErrors(errors.slice(0, maxErrors))
  if (documents.length > maxDocuments) throw badRequest(`${documents.length} objects at once are too many: ${maxDocuments} are allowed`)
  return documents
}

function readSource({ name, text }: SourceText, documents: SourceDocument[], errors: DocumentError[]): void {
  const { documents: parsed, fault, lines } = composeYaml(text, maxDocuments)
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const tell = (wrong: { message: string; offset: number }): void => {
    const message = `not valid YAML: ${wrong.message}`
    errors.push({ file: name, index: documents.length, title: name, ...at(wrong.offset), message, field: undefined })
  }
  for (const document of parsed) {
    const unresolved = unresolvedAliases(document)
    unresolved.forEach(tell)
    if (unresolved.length > 0 || document.contents === null) continue
    const { value, repeatedKeys } = yamlValue(document)
    for (const { path, offset } of repeatedKeys) tell({ message: `the key ${path} stands twice`, offset })
    for (const { object, path } of objectsIn(value)) {
      if (object === null || object === undefined) continue
      documents.push({
        file: name,
        index: documents.length,
        title: titleOf(object),
        object,
        positionOf: (field) => at(offsetOfField(document, path, field)),
      })
    }
  }
  if (fault) tell(fault)
}

/** Aliases of no anchor before them, which the parser tells only without their place. */
function unresolvedAliases(document: Document): { message: string; offset: number }[] {
  const anchors = new Set<string>()
  const found: { message: string; offset: number }[] = []
  visit(document, {
    Alias: (_, { source, range }) => {
      if (!anchors.has(source)) found.push({ message: `no anchor &${source} comes before *${source}`, offset: range?.[0] ?? 0 })
    },
    Value: (_, { anchor }) => void (anchor && anchors.add(anchor)),
  })
  return found
}

function objectsIn(value: unknown): { object: unknown; path: Path }[] {
  const list = value as { kind?: unknown; items?: unknown } | null
  if (typeof list?.kind !== 'string' || !list.kind.endsWith('List') || !Array.isArray(list.items)) return [{ object: value, path: [] }]
  return list.items.map((object: unknown, index) => ({ object: ofList(list, object), path: ['items', index] }))
}

/** The items of a typed list, such as a ConfigMapList, need not say what they are. */
function ofList({ apiVersion, kind }: { apiVersion?: unknown; kind?: unknown }, item: unknown): unknown {
  if (kind === 'List' || typeof kind !== 'string' || !isRecord(item)) return item
  return { apiVersion, kind: kind.slice(0, -'List'.length), ...item }
}

function titleOf(object: unknown): string {
  const { kind, metadata } = (object ?? {}) as { kind?: unknown; metadata?: { name?: unknown; namespace?: unknown } }
  const name = [metadata?.namespace, metadata?.name].filter((part) => typeof part === 'string').join('/')
  return [typeof kind === 'string' ? kind : 'object', name].filter(Boolean).join(' ')
}

/** Too many aliases, or so deep that the parser gives up. */
function wholeFileError(file: string, index: number, error: unknown): DocumentError {
  const message = error instanceof RangeError ? 'nested too deeply' : error instanceof Error ? error.message : String(error)
  return { file, index, title: file, line: 1, column: 1, message: `not valid YAML: ${message}`, field: undefined }
}
