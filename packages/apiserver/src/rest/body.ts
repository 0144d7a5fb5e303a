import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'

import { ApiError, badRequest, parseJson, refuseDeep, yamlReading, type ParsedJson } from '@quarterdeck/api-machinery'
import type { Verb } from '@quarterdeck/api'
import type { PatchType } from '@quarterdeck/client'
import { Composer, isMap, isScalar, isSeq, LineCounter, Parser, type Document } from 'yaml'

import type { Body } from '../endpoints/endpoint.ts'
import { decodeProtobuf, protobufMediaType } from './protobuf/envelope.ts'

export const maxBodyBytes = 3 * 1024 * 1024

/** A YAML parser takes far more memory than the text is long. */
const maxYamlLength = 1024 * 1024
const maxYamlDepth = 1000
const dashesInARow = /(?:[-?][ \t]+){200}/

const tooLarge = (): ApiError => new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${maxBodyBytes} bytes`)

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
}

/** The body of a request as the verb takes it, undefined if it is empty. Throws as readBytes and parseBody do. */
export async function readCallBody(request: IncomingMessage, verb: Verb): Promise<Body | undefined> {
  const mediaType = mediaTypeOf(request)
  const patchType = patchTypes[mediaType]
  if (verb === 'patch' && !patchType)
    throw new ApiError(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${Object.keys(patchTypes).join(', ')}`,
    )
  const bytes = await readBytes(request)
  if (bytes.length === 0) return undefined
  return {
    patchType: 'merge',
    ...parseBytes(bytes, verb === 'patch' ? 'application/json' : mediaType),
    ...(patchType ? { patchType } : {}),
  }
}

function parseBytes(bytes: Buffer, mediaType: string): ParsedJson {
  return mediaType === protobufMediaType
    ? { value: decodeProtobuf(bytes), duplicateKeys: [] }
    : parseBody(bytes.toString('utf8'), mediaType)
}

/** The body, uncompressed. Throws RequestEntityTooLarge past 3 MiB, having read no more than that. */
async function readBytes(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge()
  const stream = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxBodyBytes) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof ApiError ? error : badRequest(`the request body could not be read: ${(error as Error).message}`)
  }
  return Buffer.concat(chunks)
}

/** The media type of the body, without parameters; JSON where none is named. */
function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? 'application/json').split(';')[0]!.trim().toLowerCase()
}

/** Parses a body of JSON or YAML. Throws BadRequest that says where the error is, UnsupportedMediaType for anything else. */
function parseBody(text: string, mediaType: string): ParsedJson {
  switch (mediaType) {
    case 'application/json':
      return parseJson(text)
    case 'application/yaml':
    case 'application/x-yaml':
      return parseYaml(text)
    default:
      throw new ApiError(
        'UnsupportedMediaType',
        `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, ${protobufMediaType}`,
      )
  }
}

function parseYaml(text: string): ParsedJson {
  if (text.length > maxYamlLength)
    throw new ApiError('RequestEntityTooLarge', `YAML is taken up to ${maxYamlLength} characters: larger objects as JSON`)
  refuseDeepYaml(text)
  try {
    const document = onlyDocument(text)
    const [failure] = document.errors
    if (failure) throw badRequest(`invalid YAML: ${failure.message}`)
    const duplicateKeys = duplicateKeysIn(document.contents, '')
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    refuseDeep(value)
    return { value, duplicateKeys }
  } catch (error) {
    // A text that nests too deeply for the parser ends in a RangeError.
    throw error instanceof ApiError ? error : badRequest(`invalid YAML: ${(error as Error).message}`)
  }
}

/**
 * Throws BadRequest for a text that nests deeper than the parser has memory for: brackets that are not closed, wherever they stand, and
 * dashes in a row.
 */
function refuseDeepYaml(text: string): void {
  let open = 0
  for (const bracket of text.matchAll(/[[\]{}]/g)) {
    open = bracket[0] === '[' || bracket[0] === '{' ? open + 1 : Math.max(0, open - 1)
    if (open > maxYamlDepth) throw badRequest(`invalid YAML: more than ${maxYamlDepth} brackets are open`)
  }
  if (dashesInARow.test(text)) throw badRequest('invalid YAML: lists nest too deeply')
}

/** The library would compare each key with all others. Documents are read one by one, so that a text of many is refused at the second. */
function onlyDocument(text: string): Document.Parsed {
  const lines = new LineCounter()
  const composer = new Composer({ ...yamlReading, uniqueKeys: false })
  let found: Document.Parsed | undefined
  const take = (document: Document.Parsed): void => {
    if (found) throw badRequest('the body must hold one YAML document, not several')
    found = document
  }
  for (const token of new Parser(lines.addNewLine).parse(text)) for (const document of composer.next(token)) take(document)
  for (const document of composer.end()) take(document)
  if (!found) throw badRequest('the body must hold one YAML document, not 0')
  for (const error of found.errors) {
    const { line, col } = lines.linePos(error.pos[0])
    error.message += ` at line ${line}, column ${col}`
  }
  return found
}

/** Dotted paths of keys that stand twice in one map. */
function duplicateKeysIn(node: unknown, path: string): string[] {
  if (isSeq(node)) return node.items.flatMap((item, index) => duplicateKeysIn(item, `${path}[${index}]`))
  if (!isMap(node)) return []
  const seen = new Set<string>()
  return node.items.flatMap(({ key, value }) => {
    const name = String(isScalar(key) ? key.value : key)
    const keyPath = path ? `${path}.${name}` : name
    const isRepeated = seen.has(name)
    seen.add(name)
    return [...(isRepeated ? [keyPath] : []), ...duplicateKeysIn(value, keyPath)]
  })
}
