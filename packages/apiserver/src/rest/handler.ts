import { ServerResponse, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Kind } from '@quarterdeck/api'
import { isApiError, unauthorized } from '@quarterdeck/api-machinery'
import { collectDefaultMetrics } from 'prom-client'

import type { ApiServer } from '../api-server.ts'
import type { Authenticator } from '../auth/authenticator.ts'
import { impersonated } from '../auth/impersonation.ts'
import { anonymousUser, type User } from '../auth/user.ts'
import { notServed } from '../endpoints/endpoint-table.ts'
import type { KindRegistry } from '../kind-registry.ts'
import { verbLabels, type RequestLabels } from './metrics.ts'
import { isWatchQuery } from './options.ts'
import { createPathRoutes, type PathRoutes } from './path-routes.ts'
import { requestInfoOf, type RequestInfo } from './request-info.ts'
import type { Http } from './http-exchange.ts'
import { handleResource } from './resource-handler.ts'
import { respondError } from './respond.ts'

export interface RestOptions {
  server: ApiServer
  authenticate: Authenticator
}

/** Answers every request that comes in: with what is asked, or with a Status that says why not. */
export interface RestHandler {
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Whether another protocol is spoken at this URL; who asks for one elsewhere is answered as if they had not. */
  isUpgradable(url: string): boolean
  /** Answers a request for another protocol. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
}

const anonymous: User = { name: anonymousUser, groups: ['system:unauthenticated'] }

interface RestContext extends RestOptions {
  paths: PathRoutes
}

export function createRestHandler(options: RestOptions): RestHandler {
  const { server } = options
  const { metrics } = server
  // Those of the process itself belong to what serves it.
  if (!metrics.registry.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics({ register: metrics.registry })
  const context: RestContext = { ...options, paths: createPathRoutes(server) }
  const answer = (http: Http): void => {
    const { request, response } = http
    handle(context, http).catch((error: unknown) => respondError(request, response, error).catch(() => response.destroy()))
  }
  return {
    handle: (request, response) => answer({ request, response }),
    isUpgradable: (url) => server.endpoints.connectsAt(requestInfoOf('GET', targetOf(url).path, false)),
    upgrade(request, socket, head) {
      const response = new ServerResponse(request)
      response.assignSocket(socket as Socket)
      // What is refused is answered as any request is, and the connection ends with it.
      response.once('finish', () => socket.end())
      answer({ request, response, upgrade: { request, socket, head } })
      return true
    },
  }
}

async function handle(context: RestContext, http: Http): Promise<void> {
  const { server, paths } = context
  const { request, response } = http
  const { path, query } = targetOf(request.url ?? '/')
  const info = requestInfoOf(request.method ?? '', path, isWatchQuery(query))
  const sender = (await context.authenticate(request)) ?? anonymous
  const user = await impersonated(sender, request, (attributes) => server.core.authorizeAttributes(attributes))
  if (!info) throw notServed()
  const kind = kindAt(server.core.registry, info)
  observe(server, labelsOf(server, info, kind), response)
  if (kind && info.isResource) return asksFirst(user, () => handleResource({ server, user, kind, info, query }, http))
  await asksFirst(user, () => server.core.authorizeAttributes(attributesOf(user, info)))
  if (info.isResource) throw notServed()
  return paths.answer({ request, response, path, query })
}

/** Who shows no credential is told to show one where that might help. */
async function asksFirst(user: User, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    throw user === anonymous && isApiError(error, 'Forbidden') ? unauthorized() : error
  }
}

/** The kind that a path names: in a namespace if it is of one, where all namespaces together can be listed and watched. */
function kindAt(registry: KindRegistry, info: RequestInfo): Kind | undefined {
  const kind = info.isResource ? registry.byPlural(info.apiVersion, info.plural) : undefined
  if (!kind || !info.isResource) return undefined
  const isRightPlace = kind.scope === 'Namespaced' ? info.isInNamespace || info.name === '' : !info.isInNamespace
  return isRightPlace ? kind : undefined
}

/** The path and query of a request line, which may hold a whole URL (RFC 9112, 3.2.2). */
function targetOf(url: string): { path: string; query: URLSearchParams } {
  const own = /^https?:\/\/[^/?#]*/i.exec(url)?.[0].length ?? 0
  const [target = '', search = ''] = splitAt(url.slice(own), '?')
  return { path: target || '/', query: new URLSearchParams(search) }
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function attributesOf(user: User, info: RequestInfo): Parameters<ApiServer['core']['authorizeAttributes']>[0] {
  const none = { group: '', resource: '', subresource: '', namespace: '', name: '', path: '' }
  if (!info.isResource) return { ...none, user, verb: info.verb, path: info.path }
  const { verb, group, plural, subresource, namespace, name } = info
  return { ...none, user, verb, group, resource: plural, subresource, namespace, name }
}

/** What is not served is counted together: a client must not be able to add figures. */
function labelsOf({ endpoints }: ApiServer, info: RequestInfo, kind: Kind | undefined): RequestLabels {
  if (!info.isResource) return { verb: info.verb === 'get' || info.verb === 'head' ? 'GET' : 'other', resource: '', subresource: '' }
  const subresource = kind && endpoints.subresourcesOf(kind).some(({ name }) => name === info.subresource) ? info.subresource : ''
  return { verb: verbLabels[info.verb], resource: kind?.resource ?? '', subresource }
}

function observe({ metrics }: ApiServer, labels: RequestLabels, response: ServerResponse): void {
  const start = performance.now()
  const isWatch = labels.verb === verbLabels.watch
  if (isWatch) metrics.watchOpened()
  response.once('close', () => {
    if (isWatch) metrics.watchClosed()
    metrics.observe({ ...labels, code: response.statusCode }, (performance.now() - start) / 1000)
  })
}
