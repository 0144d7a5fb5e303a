import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'

import { ApiError, badRequest, parseJson, yamlReading, type ParsedJson } from '@quarterdeck/api-machinery'
import { isMap, isScalar, isSeq, parseAllDocuments } from 'yaml'

import { decodeProtobuf, protobufMediaType } from './protobuf/envelope.ts'

export const maxBodyBytes = 3 * 1024 * 1024

const tooLarge = (): ApiError => new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${maxBodyBytes} bytes`)

/** The body as text. Throws as readBytes does. */
export async function readBody(request: IncomingMessage): Promise<string> {
  return (await readBytes(request)).toString('utf8')
}

/** The body of a request that must have one, parsed: JSON, YAML or protobuf. Throws as readBytes and parseBody do. */
export async function readParsed(request: IncomingMessage): Promise<ParsedJson> {
  return parseBytes(await readBytes(request), mediaTypeOf(request))
}

/** As readParsed; undefined for an empty body. */
export async function readOptional(request: IncomingMessage): Promise<ParsedJson | undefined> {
  const bytes = await readBytes(request)
  return bytes.length === 0 ? undefined : parseBytes(bytes, mediaTypeOf(request))
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
export function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? 'application/json').split(';')[0]!.trim().toLowerCase()
}

/** Parses a body of JSON or YAML. Throws BadRequest that says where the error is, UnsupportedMediaType for anything else. */
export function parseBody(text: string, mediaType: string): ParsedJson {
  switch (mediaType) {
    case 'application/json':
      if (text === '') throw badRequest('the request body is empty: an object is expected')
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
  const documents = parseAllDocuments(text, { ...yamlReading, prettyErrors: true })
  const document = 'empty' in documents ? undefined : documents[0]
  if (!document || documents.length !== 1) throw badRequest(`the body must hold one YAML document, not ${document ? documents.length : 0}`)
  const isDuplicate = (code: string): boolean => code === 'DUPLICATE_KEY'
  const failure = document.errors.find((error) => !isDuplicate(error.code))
  if (failure) throw badRequest(`invalid YAML: ${failure.message}`)
  const duplicateKeys = document.errors.length > 0 ? duplicateKeysIn(document.contents, '') : []
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) as unknown, duplicateKeys }
  } catch (error) {
    throw badRequest(`invalid YAML: ${(error as Error).message}`)
  }
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
