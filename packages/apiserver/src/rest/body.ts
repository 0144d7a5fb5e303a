import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'

import { ApiError, badRequest, parseJson, type ParsedJson } from '@quarterdeck/api-machinery'
import { parseAllDocuments } from 'yaml'

export const maxBodyBytes = 3 * 1024 * 1024

const tooLarge = (): ApiError => new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${maxBodyBytes} bytes`)

/** The body as text. Throws RequestEntityTooLarge past 3 MiB, having read no more than that. */
export async function readBody(request: IncomingMessage): Promise<string> {
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
  const text = Buffer.concat(chunks).toString('utf8')
  return text
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
        `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml`,
      )
  }
}

function parseYaml(text: string): ParsedJson {
  const documents = parseAllDocuments(text, { uniqueKeys: true, prettyErrors: true })
  const document = 'empty' in documents ? undefined : documents[0]
  if (!document || documents.length !== 1) throw badRequest(`the body must hold one YAML document, not ${document ? documents.length : 0}`)
  const isDuplicate = (code: string): boolean => code === 'DUPLICATE_KEY'
  const failure = document.errors.find((error) => !isDuplicate(error.code))
  if (failure) throw badRequest(`invalid YAML: ${failure.message}`)
  const duplicateKeys = document.errors
    .filter((error) => isDuplicate(error.code))
    .map((error) => `at line ${error.linePos?.[0].line ?? '?'}`)
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) as unknown, duplicateKeys }
  } catch (error) {
    throw badRequest(`invalid YAML: ${(error as Error).message}`)
  }
}
