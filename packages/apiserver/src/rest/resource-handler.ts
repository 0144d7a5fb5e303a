import type { IncomingMessage, ServerResponse } from 'node:http'

import { ApiError, badRequest, isRecord, type KubeObject, type Status } from '@quarterdeck/api-machinery'
import type { PatchType } from '@quarterdeck/client'
import { modelSchemas } from '@quarterdeck/api'
import { decodeObject } from '@quarterdeck/api-machinery'

import type { ApiServer } from '../api-server.ts'
import type { User } from '../auth/user.ts'
import { decodeRequestObject } from '../decode-request.ts'
import type { ApiRequest } from '../request.ts'
import { getScale, patchScale, updateScale } from '../subresources/scale.ts'
import { explainScheduling, explanationParameters, type ExplanationQuery } from '../subresources/scheduling.ts'
import type { WriteResult } from '../verbs/commit-plan.ts'
import { create } from '../verbs/create.ts'
import { deleteCollection } from '../verbs/delete-collection.ts'
import { remove } from '../verbs/delete.ts'
import { get } from '../verbs/get.ts'
import { list } from '../verbs/list.ts'
import { patch } from '../verbs/patch.ts'
import { update } from '../verbs/update.ts'
import { mediaTypeOf, parseBody, readBody, readOptional, readParsed } from './body.ts'
import { notServed } from './discovery.ts'
import { negotiate, type Output } from './negotiate.ts'
import type { ApiPath } from './path.ts'
import type { PodLogs } from './pod-logs.ts'
import { deleteOptionsOf, includeObjectOf, isDryRunBody, isWatchQuery, listOptionsOf, watchOptionsOf, writeOptionsOf } from './query.ts'
import { respondJson } from './respond.ts'
import { renderList, renderObject, shapedObject, type IncludeObject } from './shapes.ts'
import { streamWatch } from './watch-stream.ts'

/** One HTTP exchange about a resource, parsed as far as every method needs. */
interface Exchange {
  server: ApiServer
  http: { request: IncomingMessage; response: ServerResponse }
  query: URLSearchParams
  request: ApiRequest
  output: Output
  include: IncludeObject
  isWatch: boolean
  podLogs: PodLogs
}

const patchTypes: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
}

/** Subresources that are only ever posted to. */
const createdSubresources = new Set(['pods/binding', 'pods/eviction', 'serviceaccounts/token'])

export interface ResourceCall {
  server: ApiServer
  podLogs: PodLogs
  user: User
  path: ApiPath & { type: 'resource' }
  query: URLSearchParams
}

/** Answers a request for a resource or a subresource of it. Throws ApiError. */
export async function handleResource(call: ResourceCall, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { server, podLogs, path, query, user } = call
  const { dryRun, fieldValidation, fieldManager } = writeOptionsOf(query, request.method)
  const exchange: Exchange = {
    server,
    podLogs,
    http: { request, response },
    query,
    output: negotiate(request.headers.accept),
    include: includeObjectOf(query),
    isWatch: path.isWatch || isWatchQuery(query),
    request: {
      user,
      client: fieldManager || (request.headers['user-agent'] ?? '').split('/')[0] || 'unknown',
      kind: path.kind,
      namespace: path.namespace,
      name: path.name,
      subresource: path.subresource,
      dryRun,
      fieldValidation,
      warnings: [],
    },
  }
  warnOfDeprecation(exchange)
  if (path.subresource) return handleSubresource(exchange)
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return exchange.isWatch || !path.name ? handleCollectionRead(exchange) : handleGet(exchange)
    case 'POST':
      return path.name ? Promise.reject(methodNotAllowed()) : handleCreate(exchange)
    case 'PUT':
      return path.name ? handleUpdate(exchange) : Promise.reject(methodNotAllowed())
    case 'PATCH':
      return path.name ? handlePatch(exchange) : Promise.reject(methodNotAllowed())
    case 'DELETE':
      return path.name ? handleDelete(exchange) : handleDeleteCollection(exchange)
    default:
      throw methodNotAllowed()
  }
}

function methodNotAllowed(): ApiError {
  return new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}

async function handleGet({ server, http, query, request, output, include }: Exchange): Promise<void> {
  const stored = await get(server.core, request, query.get('resourceVersion') ?? '')
  await respondJson(http.request, http.response, renderObject(request.kind, stored, output, include), { output })
}

async function handleCollectionRead({ server, http, query, request, output, include, isWatch }: Exchange): Promise<void> {
  if (isWatch) {
    // A watch of one object (the old /watch/…/name path, or a name with ?watch) is a watch of its name.
    const byName = request.name ? { fieldSelector: `metadata.name=${request.name}` } : {}
    return streamWatch(server.core, { ...request, name: '' }, http, { ...watchOptionsOf(query), ...byName, output, include })
  }
  const found = await list(server.core, request, listOptionsOf(query))
  await respondJson(http.request, http.response, renderList(request.kind, found, output, include), { output })
}

async function readObject({ http, request }: Exchange): Promise<KubeObject> {
  const { value, duplicateKeys } = await readParsed(http.request)
  return decodeRequestObject(value, request, { duplicateKeys })
}

async function respondWritten(exchange: Exchange, result: WriteResult, code: number): Promise<void> {
  const { http, request, output, include } = exchange
  sendWarnings(exchange, request.warnings)
  const json =
    'stored' in result
      ? renderObject(request.kind, result.stored, output, include)
      : JSON.stringify(shapedObject(request.kind, result.dryRun, output, include))
  await respondJson(http.request, http.response, json, { code, output })
}

function warnOfDeprecation(exchange: Exchange): void {
  const { deprecation, apiVersion, kind } = exchange.request.kind
  if (deprecation) sendWarnings(exchange, [`${apiVersion} ${kind} is deprecated in v${deprecation.since}+; use ${deprecation.use}`])
}

function sendWarnings({ http }: Exchange, warnings: readonly string[]): void {
  for (const warning of warnings) http.response.appendHeader('Warning', `299 - ${JSON.stringify(warning)}`)
}

async function handleCreate(exchange: Exchange): Promise<void> {
  const object = await readObject(exchange)
  await respondWritten(exchange, await create(exchange.server.core, exchange.request, object), 201)
}

async function handleUpdate(exchange: Exchange): Promise<void> {
  const object = await readObject(exchange)
  await respondWritten(exchange, await update(exchange.server.core, exchange.request, object), 200)
}

async function handlePatch(exchange: Exchange): Promise<void> {
  const { body, type } = await readPatch(exchange)
  await respondWritten(exchange, await patch(exchange.server.core, exchange.request, body, type), 200)
}

async function readPatch({ http }: Exchange): Promise<{ body: unknown; type: PatchType }> {
  const mediaType = mediaTypeOf(http.request)
  const type = patchTypes[mediaType]
  if (!type)
    throw new ApiError(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${Object.keys(patchTypes).join(', ')}`,
    )
  return { type, body: parseBody(await readBody(http.request), 'application/json').value }
}

/** The DeleteOptions of a body, which may be absent. Throws BadRequest for one of the wrong form. */
async function readDeleteOptions({ http }: Exchange): Promise<unknown> {
  const parsed = await readOptional(http.request)
  if (!parsed) return undefined
  const { value } = parsed
  if (!isRecord(value)) throw badRequest('the body must be a DeleteOptions object')
  const decoded = decodeObject(value, { $ref: 'V1DeleteOptions' }, modelSchemas)
  if (decoded.typeErrors.length > 0)
    throw badRequest(`DeleteOptions in version "v1" cannot be handled as a DeleteOptions: ${decoded.typeErrors.join(', ')}`)
  return decoded.value
}

async function handleDelete(exchange: Exchange): Promise<void> {
  const { server, http, query, output, include } = exchange
  const body = await readDeleteOptions(exchange)
  const request = { ...exchange.request, dryRun: exchange.request.dryRun || isDryRunBody(body) }
  const options = deleteOptionsOf(query, body)
  const result = await remove(server.core, request, options)
  const { propagationWarning } = request.kind
  if (propagationWarning && !options.propagationPolicy) sendWarnings(exchange, [propagationWarning])
  if ('gone' in result) return respondJson(http.request, http.response, JSON.stringify(deletedStatus(request, result.gone)), { output })
  const json =
    'revision' in result.pending
      ? renderObject(request.kind, result.pending, output, include)
      : JSON.stringify(shapedObject(request.kind, result.pending, output, include))
  await respondJson(http.request, http.response, json, { output })
}

function deletedStatus({ kind }: ApiRequest, gone: KubeObject): Omit<Status, 'code'> {
  const { name, uid } = gone.metadata
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(kind.group ? { group: kind.group } : {}), kind: kind.plural, uid },
  }
}

async function handleDeleteCollection(exchange: Exchange): Promise<void> {
  const { server, http, query, output, include } = exchange
  const body = await readDeleteOptions(exchange)
  const request = { ...exchange.request, dryRun: exchange.request.dryRun || isDryRunBody(body) }
  const deleted = await deleteCollection(server.core, request, { ...listOptionsOf(query), ...deleteOptionsOf(query, body) })
  await respondJson(http.request, http.response, renderList(request.kind, deleted, output, include), { output })
}

function handleSubresource(exchange: Exchange): Promise<void> {
  const { request, http } = exchange
  if (!request.name) return Promise.reject(notServed())
  switch (request.subresource) {
    case 'status':
      return request.kind.hasStatus ? handleStatus(exchange) : Promise.reject(notServed())
    case 'scale':
      return request.kind.scale ? handleScale(exchange) : Promise.reject(notServed())
    case 'finalize':
      return request.kind.resource === 'namespaces' && http.request.method === 'PUT'
        ? handleFinalize(exchange)
        : Promise.reject(notServed())
    case 'log':
      return request.kind.resource === 'pods' && http.request.method === 'GET'
        ? exchange.podLogs(exchange.server.core, request, exchange.query, http)
        : Promise.reject(notServed())
    case 'scheduling':
      return request.kind.resource === 'pods' && http.request.method === 'GET' ? handleScheduling(exchange) : Promise.reject(notServed())
    default:
      return http.request.method === 'POST' && createdSubresources.has(`${request.kind.resource}/${request.subresource}`)
        ? handleCreateSubresource(exchange)
        : Promise.reject(notServed(`${request.kind.resource}/${request.subresource}`))
  }
}

function handleStatus(exchange: Exchange): Promise<void> {
  switch (exchange.http.request.method) {
    case 'GET':
      return handleGet(exchange)
    case 'PUT':
      return handleUpdate(exchange)
    case 'PATCH':
      return handlePatch(exchange)
    default:
      return Promise.reject(methodNotAllowed())
  }
}

async function handleScale(exchange: Exchange): Promise<void> {
  const { server, http, request, output } = exchange
  const respond = async (scale: unknown): Promise<void> => respondJson(http.request, http.response, JSON.stringify(scale), { output })
  switch (http.request.method) {
    case 'GET':
      return respond(await getScale(server.core, request))
    case 'PUT':
      return respond(await updateScale(server.core, request, (await readParsed(http.request)).value))
    case 'PATCH': {
      const { body, type } = await readPatch(exchange)
      return respond(await patchScale(server.core, request, body, type))
    }
    default:
      throw methodNotAllowed()
  }
}

async function handleScheduling({ server, http, query: given, request, output }: Exchange): Promise<void> {
  const query: ExplanationQuery = {}
  for (const name of explanationParameters) {
    const value = given.get(name)
    if (value !== null) query[name] = value
  }
  await respondJson(http.request, http.response, await explainScheduling(server.core, server.worker, { request, query }), { output })
}

async function handleFinalize(exchange: Exchange): Promise<void> {
  const object = await readObject(exchange)
  await respondWritten(exchange, await exchange.server.finalize(exchange.request, object), 200)
}

async function handleCreateSubresource({ server, http, request, output }: Exchange): Promise<void> {
  const { value } = await readParsed(http.request)
  const result = await server.createSubresource(request, value)
  await respondJson(http.request, http.response, JSON.stringify(result), { code: 201, output })
}
