import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'

import type { ApiError } from '@quarterdeck/api-machinery'
import { internalError, isApiError, yamlWriting } from '@quarterdeck/api-machinery'
import { stringify } from 'yaml'

import { warningHeaders } from '../warnings.ts'
import type { Output } from './negotiate.ts'

const gzipAsync = promisify(gzip)
/** Smaller answers cost more to compress than to send (as in Kubernetes). */
const gzipFromBytes = 128 * 1024
const gzipLevel = constants.Z_BEST_SPEED

const jsonOutput: Output = { encoding: 'json', shape: 'object', version: '' }

/** Sends JSON text, as YAML, indented or compressed where the client asks for it. */
export async function respondJson(
  request: IncomingMessage,
  response: ServerResponse,
  json: string,
  options: { code?: number; output?: Output } = {},
): Promise<void> {
  const { code = 200, output = jsonOutput } = options
  const isYaml = output.encoding === 'yaml'
  const body = isYaml
    ? stringify(JSON.parse(json), yamlWriting)
    : isPretty(request)
      ? `${JSON.stringify(JSON.parse(json), undefined, 2)}\n`
      : json
  response.statusCode = code
  response.setHeader('Content-Type', isYaml ? 'application/yaml' : 'application/json')
  response.setHeader('Cache-Control', 'no-cache, private')
  if (body.length >= gzipFromBytes && /\bgzip\b/.test(request.headers['accept-encoding']?.toString() ?? '')) {
    const compressed = await gzipAsync(body, { level: gzipLevel })
    response.setHeader('Content-Encoding', 'gzip')
    response.setHeader('Vary', 'Accept-Encoding')
    response.setHeader('Content-Length', compressed.length)
    response.end(compressed)
    return
  }
  response.setHeader('Content-Length', Buffer.byteLength(body))
  // With a body of text Node writes headers as UTF-8 as well, and those of warnings are bytes already.
  response.end(response.hasHeader('Warning') ? Buffer.from(body) : body)
}

/** Whether the query asks for JSON that people can read. */
function isPretty({ url = '' }: IncomingMessage): boolean {
  const [, value] = /[?&]pretty(?:=([^&]*))?(?:&|$)/.exec(url) ?? [undefined, 'false']
  return value !== 'false' && value !== '0'
}

/** Adds a Warning header for each warning (RFC 7234, 5.5). */
export function respondWarnings(response: ServerResponse, warnings: readonly string[]): void {
  for (const header of warningHeaders(warnings)) response.appendHeader('Warning', header)
}

export function respondText(response: ServerResponse, code: number, text: string, contentType = 'text/plain; charset=utf-8'): void {
  response.statusCode = code
  response.setHeader('Content-Type', contentType)
  response.setHeader('Content-Length', Buffer.byteLength(text))
  response.end(text)
}

export function respondBytes(response: ServerResponse, bytes: Uint8Array, contentType: string): void {
  response.setHeader('Content-Type', contentType)
  response.setHeader('Content-Length', bytes.length)
  response.end(bytes)
}

/** Answers with the Status of an error. What is no ApiError is logged and told as an internal one, without its innards. */
export async function respondError(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
  const apiError = isApiError(error) ? error : internalError('see the server log')
  if (!isApiError(error)) console.error('request failed', request.method, request.url, error)
  // A connection that was handed over has no place for an answer any more.
  if (response.headersSent || !response.socket) {
    response.destroy()
    return
  }
  if (apiError.reason === 'Unauthorized') response.setHeader('WWW-Authenticate', 'Bearer realm="quarterdeck"')
  const retryAfterSeconds = apiError.details?.retryAfterSeconds ?? (apiError.reason === 'ServiceUnavailable' ? 1 : 0)
  // Clients try again by themselves, and say nothing meanwhile: only where waiting may help.
  if (retryAfterSeconds > 0) response.setHeader('Retry-After', retryAfterSeconds)
  // The rest of a body that was not read would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close')
  await respondJson(request, response, JSON.stringify(statusOf(apiError)), { code: apiError.code })
}

function statusOf(error: ApiError): object {
  const { continueToken } = error as ApiError & { continueToken?: string }
  const status = error.toStatus()
  return continueToken ? { ...status, metadata: { continue: continueToken } } : status
}
