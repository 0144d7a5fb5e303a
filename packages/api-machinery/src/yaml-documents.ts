import { Composer, isCollection, isMap, isScalar, isSeq, Lexer, LineCounter, Parser, type Document, type ParsedNode } from 'yaml'

import { ApiError, badRequest } from './api-error.ts'
import { boundedText } from './bounded-text.ts'
import { pathText, type PathPart } from './field-path.ts'
import { maxJsonDepth } from './json-depth.ts'
import { yamlReading } from './yaml-options.ts'

/** Words, indicators, spaces and line ends of one text: a megabyte of dense YAML, and about a second of parsing. */
const maxLexemes = 250_000
/** How often anchors may be used. */
const maxAliases = 100
/** What a text may come to with every alias written out: as much as a body. */
const maxExpandedLength = 3 * 1024 * 1024
/** Keys that are lists or maps themselves: each is written as text, beside all anchors. */
const maxComplexKeys = 100
/** Told of one document. */
const maxRepeatedKeys = 100

export type YamlDocument = Document.Parsed<ParsedNode>

/** What is wrong with the syntax of a text, and where in it. */
export interface YamlFault {
  message: string
  offset: number
}

export interface YamlDocuments {
  documents: YamlDocument[]
  /** The first thing that is wrong; nothing is read after it. */
  fault: YamlFault | undefined
  lines: LineCounter
}

/** Reads so many documents and one more. Throws BadRequest for a text of too many parts. */
export function composeYaml(text: string, maxDocuments: number): YamlDocuments {
  const lines = new LineCounter()
  const faults = new FaultCatcher()
  // The composer would compare every key of a map with every other one: yamlValue finds repeated ones in one pass.
  const composer = new Composer({ ...yamlReading, uniqueKeys: false, logLevel: 'error', lineCounter: lines })
  // It would go on after an error, of which a text can be made of millions.
  Object.assign(composer, { onError: faults.onError })
  const documents: YamlDocument[] = []
  try {
    for (const document of composer.compose(tokensOf(text, lines, faults))) {
      const [error] = document.errors
      if (error) faults.stop({ message: error.message, offset: error.pos[0] })
      documents.push(document)
      if (documents.length > maxDocuments) break
    }
  } catch (error) {
    if (error instanceof RangeError) faults.first ??= { message: tooDeepMessage, offset: 0 }
    else if (faults.first === undefined) throw error
  }
  return { documents, fault: faults.first, lines }
}

type Place = number | readonly [number, ...number[]] | { offset: number }

/** Keeps the first error of a text and ends its reading. */
class FaultCatcher {
  first: YamlFault | undefined

  readonly onError = (place: Place, code: string, message: string, isWarning?: boolean): void => {
    if (isWarning) return
    const offset = typeof place === 'number' ? place : 'offset' in place ? place.offset : place[0]
    // What ends the reading of a collection, a stack that is full or a fault within, is told as this.
    this.stop({ message: code === 'RESOURCE_EXHAUSTION' ? tooDeepMessage : message, offset })
  }

  stop(fault: YamlFault): never {
    this.first ??= fault
    throw new Error(fault.message)
  }
}

type Token = Parameters<Composer['next']>[0]

function* tokensOf(text: string, lines: LineCounter, faults: FaultCatcher): Generator<Token> {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  let lexemes = 0
  let openBrackets = 0
  for (const lexeme of new Lexer().lex(text)) {
    if (++lexemes > maxLexemes) throw badRequest(`invalid YAML: the text has more than ${maxLexemes} words and marks: send JSON`)
    if (lexeme === '[' || lexeme === '{') openBrackets++
    else if (lexeme === ']' || lexeme === '}') openBrackets--
    if (openBrackets > maxJsonDepth) faults.stop({ message: tooDeepMessage, offset: parser.offset })
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error')
        faults.stop({ message: `${token.message}: ${boundedText(JSON.stringify(token.source), 64)}`, offset: token.offset })
      yield token
    }
  }
  yield* parser.end()
}

const tooDeepMessage = 'nested too deeply'
const tooDeep = (): ApiError => badRequest(`invalid YAML: ${tooDeepMessage}`)

/** The value of a document. Throws BadRequest for too many keys that are no scalars, and aliases that multiply. */
export function yamlValue(document: YamlDocument): { value: unknown; repeatedKeys: RepeatedKey[] } {
  const repeatedKeys: RepeatedKey[] = []
  try {
    collectRepeatedKeys(document.contents, { path: [], repeatedKeys, complexKeys: 0 })
    const value = document.toJS({ maxAliasCount: maxAliases }) as unknown
    new ExpansionCheck().visit(value, 0)
    return { value, repeatedKeys }
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw error instanceof RangeError ? tooDeep() : badRequest(`invalid YAML: ${boundedText((error as Error).message)}`)
  }
}

/** Goes through a value as JSON would write it: what an alias stands for counts each time. Throws BadRequest. */
class ExpansionCheck {
  #size = 0

  visit(value: unknown, depth: number): void {
    if (depth > maxJsonDepth) throw tooDeep()
    this.#count(typeof value === 'string' ? value.length : 1)
    if (typeof value !== 'object' || value === null) return
    for (const [key, child] of Object.entries(value)) {
      this.#count(Array.isArray(value) ? 1 : key.length)
      this.visit(child, depth + 1)
    }
  }

  #count(characters: number): void {
    this.#size += characters
    if (this.#size > maxExpandedLength) throw badRequest(`invalid YAML: its aliases make it longer than ${maxExpandedLength} characters`)
  }
}

/** A key that stands twice in one map. */
export interface RepeatedKey {
  path: string
  /** In the text, of the second one. */
  offset: number
}

interface Search {
  path: PathPart[]
  repeatedKeys: RepeatedKey[]
  complexKeys: number
}

function collectRepeatedKeys(node: unknown, search: Search): void {
  const { path, repeatedKeys } = search
  if (path.length > maxJsonDepth) throw tooDeep()
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) inside(index, item, search)
    return
  }
  if (!isMap(node)) return
  const seen = new Map<string, number>()
  for (const { key, value } of node.items) {
    if (isCollection(key) && ++search.complexKeys > maxComplexKeys)
      throw badRequest(`invalid YAML: more than ${maxComplexKeys} keys are lists or maps`)
    const name = isScalar(key) ? String(key.value) : String(key)
    const times = seen.get(name) ?? 0
    if (times === 1 && name !== '<<' && repeatedKeys.length < maxRepeatedKeys)
      repeatedKeys.push({ path: pathText([...path, name]), offset: (isScalar(key) && key.range?.[0]) || 0 })
    seen.set(name, times + 1)
    inside(name, value, search)
  }
}

function inside(part: PathPart, node: unknown, search: Search): void {
  search.path.push(part)
  collectRepeatedKeys(node, search)
  search.path.pop()
}
