import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'

import { ApiError, badRequest, boundedText, composeYaml, parseJson, yamlValue, type ParsedJson } from '@quarterdeck/api-machinery'
import type { Verb } from '@quarterdeck/api'
import type { PatchType } from '@quarterdeck/client'

import type { Body } from '../endpoints/endpoint.ts'
import { decodeProtobuf, protobufMediaType } from './protobuf/envelope.ts'

export const maxBodyBytes = 3 * 1024 * 1024

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
  const { documents, fault, lines } = composeYaml(text, 1)
  if (fault) {
    const { line, col } = lines.linePos(fault.offset)
    throw badRequest(`invalid YAML: ${boundedText(fault.message)} at line ${line}, column ${col}`)
  }
  const [document] = documents
  if (!document || documents.length > 1) throw badRequest(`the body must hold one YAML document, not ${document ? 'several' : 'none'}`)
  const { value, repeatedKeys } = yamlValue(document)
  return { value, duplicateKeys: repeatedKeys.map(({ path }) => path) }
}
