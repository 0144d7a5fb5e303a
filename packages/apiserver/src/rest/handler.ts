import type { IncomingMessage, ServerResponse } from 'node:http'

import { ApiError, unauthorized } from '@quarterdeck/api-machinery'
import { collectDefaultMetrics } from 'prom-client'

import type { ApiServer } from '../api-server.ts'
import type { Authenticator } from '../auth/authenticator.ts'
import { impersonated } from '../auth/impersonation.ts'
import type { User } from '../auth/user.ts'
import { readParsed } from './body.ts'
import { aggregatedDiscovery, apiGroup, groupList, legacyVersions, notServed, resourceList } from './discovery.ts'
import { answerHealth } from './health.ts'
import type { ApiMetrics } from './metrics.ts'
import { negotiate, requirePlain } from './negotiate.ts'
import { openApiProtobufType } from './openapi-format.ts'
import { createOpenApi, type OpenApi } from './openapi.ts'
import { parsePath, type ApiPath } from './path.ts'
import { createPodLogs, type NodeConnections, type PodLogs } from './pod-logs.ts'
import { isWatchQuery } from './query.ts'
import { handleResource } from './resource-handler.ts'
import { respondBytes, respondError, respondJson, respondText } from './respond.ts'
import { answerReview } from './reviews.ts'
import { versionInfo } from './version.ts'

export interface RestOptions {
  server: ApiServer
  authenticate: Authenticator
  nodes: NodeConnections
}

/** Answers the Kubernetes paths. Returns false for a path that is not one of them, having touched nothing. */
export type RestHandler = (request: IncomingMessage, response: ServerResponse) => boolean

const ownPath = /^\/(api|apis|openapi|version|livez|readyz|healthz|metrics)(\/|\?|$)/
const dashboardPath = /^\/api\/(trpc|auth)(\/|\?|$)/
const openPath = /^\/(version|livez|readyz|healthz)(\/|$)/

/** Whether the REST handler answers the path. No other protocol is spoken there: who asks to upgrade gets an ordinary answer. */
export const isRestPath = (url: string): boolean => ownPath.test(url) && !dashboardPath.test(url)

interface RestContext extends RestOptions {
  openApi: OpenApi
  metrics: ApiMetrics
  podLogs: PodLogs
}

export function createRestHandler(options: RestOptions): RestHandler {
  const { metrics } = options.server
  // Those of the process itself belong to what serves it.
  if (!metrics.registry.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics({ register: metrics.registry })
  const context: RestContext = {
    ...options,
    openApi: createOpenApi(options.server.core.registry),
    metrics,
    podLogs: createPodLogs(options.nodes),
  }
  return (request, response) => {
    const url = request.url ?? '/'
    if (!isRestPath(url)) return false
    handle(context, request, response).catch((error: unknown) => respondError(request, response, error).catch(() => response.destroy()))
    return true
  }
}

async function handle(context: RestContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '/', search = ''] = splitUrl(request.url ?? '/')
  const query = new URLSearchParams(search)
  const sender = await context.authenticate(request)
  if (openPath.test(path)) return answerOpenPath(context, request, response, { path, query })
  if (!sender) throw unauthorized()
  const user = impersonated(sender, request, (attributes) => context.server.core.authorizeAttributes(attributes))
  if (path === '/metrics') {
    authorizePath(context, user, path)
    return respondText(response, 200, await context.metrics.registry.metrics(), context.metrics.registry.contentType)
  }
  if (path.startsWith('/openapi')) return answerOpenApi(context, request, response, path)
  const target = parsePath(path, context.server.core.registry)
  if (!target) throw notServed()
  observe(context, request, response, target, query)
  switch (target.type) {
    case 'resource':
      return handleResource({ server: context.server, podLogs: context.podLogs, user, path: target, query }, request, response)
    case 'review': {
      if (request.method !== 'POST')
        throw new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
      requirePlain(request.headers.accept)
      const { value } = await readParsed(request)
      return respondJson(request, response, JSON.stringify(await answerReview(context.server, user, target.plural, value)), { code: 201 })
    }
    default:
      return answerDiscovery(context, request, response, target)
  }
}

function splitUrl(url: string): [string, string] {
  const mark = url.indexOf('?')
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)]
}

function authorizePath({ server }: RestContext, user: User, path: string): void {
  server.core.authorizeAttributes({ user, verb: 'get', group: '', resource: '', subresource: '', namespace: '', name: '', path })
}

function observe(
  { metrics }: RestContext,
  request: IncomingMessage,
  response: ServerResponse,
  target: ApiPath,
  query: URLSearchParams,
): void {
  const start = performance.now()
  const resource = target.type === 'resource' ? target.kind.resource : target.type
  const isWatch = target.type === 'resource' && request.method === 'GET' && (target.isWatch || isWatchQuery(query))
  const verb = isWatch ? 'WATCH' : (request.method ?? '')
  if (isWatch) metrics.watchOpened()
  response.once('close', () => {
    if (isWatch) metrics.watchClosed()
    metrics.observe({ verb, resource, code: response.statusCode }, (performance.now() - start) / 1000)
  })
}

async function answerOpenPath(
  { server }: RestContext,
  request: IncomingMessage,
  response: ServerResponse,
  { path, query }: { path: string; query: URLSearchParams },
): Promise<void> {
  if (path.startsWith('/version')) {
    if (path !== '/version') throw notServed()
    return respondJson(request, response, JSON.stringify(versionInfo))
  }
  const ping = { ping: () => Promise.resolve() }
  const isLiveness = path.startsWith('/livez')
  const answer = await answerHealth(path, query, isLiveness ? ping : { ...ping, store: () => server.core.store.currentRevision() })
  if (!answer) throw notServed()
  respondText(response, answer.code, answer.text)
}

async function answerOpenApi({ openApi }: RestContext, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  if (path === '/openapi/v2') {
    const type = openApiProtobufType(request.headers.accept)
    response.setHeader('Vary', 'Accept')
    return type ? respondBytes(response, openApi.v2Protobuf(), type) : respondJson(request, response, openApi.v2())
  }
  if (path === '/openapi/v3') return respondJson(request, response, openApi.v3Index())
  const document = path.startsWith('/openapi/v3/') ? openApi.v3(path.slice('/openapi/v3/'.length)) : undefined
  if (document === undefined) throw notServed()
  return respondJson(request, response, document)
}

type DiscoveryPath = Exclude<ApiPath, { type: 'resource' } | { type: 'review' }>

function answerDiscovery(
  { server }: RestContext,
  request: IncomingMessage,
  response: ServerResponse,
  target: DiscoveryPath,
): Promise<void> {
  const { registry } = server.core
  const output = negotiate(request.headers.accept)
  const send = (value: unknown): Promise<void> => respondJson(request, response, JSON.stringify(value), { output })
  const sendAggregated = (core: boolean): Promise<void> => {
    response.setHeader('Vary', 'Accept')
    const type = `application/json;g=apidiscovery.k8s.io;v=${output.version};as=APIGroupDiscoveryList`
    const body = JSON.stringify(aggregatedDiscovery(registry, { core, version: output.version }))
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body)
    return Promise.resolve()
  }
  switch (target.type) {
    case 'legacy-versions':
      return output.shape === 'APIGroupDiscoveryList' ? sendAggregated(true) : send(legacyVersions(request.headers.host ?? ''))
    case 'groups':
      return output.shape === 'APIGroupDiscoveryList' ? sendAggregated(false) : send(groupList(registry))
    case 'group':
      return send(apiGroup(registry, target.group))
    case 'resources':
      return send(resourceList(registry, target.apiVersion))
  }
}
