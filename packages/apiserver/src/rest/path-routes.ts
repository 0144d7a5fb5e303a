import type { IncomingMessage, ServerResponse } from 'node:http'

import type { ApiServer } from '../api-server.ts'
import { methodNotAllowed, notServed } from '../endpoints/endpoint-table.ts'
import { aggregatedDiscovery, apiGroup, groupList, legacyVersions, resourceList } from './discovery.ts'
import { answerHealth, type HealthCheck } from './health.ts'
import { negotiate } from './negotiate.ts'
import { openApiProtobufType } from './openapi-format.ts'
import { createOpenApi } from './openapi.ts'
import { respondBytes, respondJson, respondText } from './respond.ts'
import { versionInfo } from './version.ts'

/** A request for a path that is not a resource's. */
export interface PathCall {
  request: IncomingMessage
  response: ServerResponse
  path: string
  query: URLSearchParams
}

/** `rest` is what follows the route's own path. */
type PathHandler = (call: PathCall, rest: string) => void | Promise<void>

interface Route {
  handle: PathHandler
  /** Whether paths below it are its own, too. */
  hasChildren?: boolean
}

/** What is served that is no resource: discovery, OpenAPI, health, version and figures. */
export interface PathRoutes {
  /** Throws NotFound for a path that is not served, MethodNotAllowed for a method other than GET and HEAD. */
  answer(call: PathCall): void | Promise<void>
}

export function createPathRoutes(server: ApiServer): PathRoutes {
  const { core, metrics } = server
  const openApi = createOpenApi(server)
  const alive: Record<string, HealthCheck> = { ping: () => Promise.resolve() }
  const ready: Record<string, HealthCheck> = { ...alive, store: () => core.store.currentRevision() }
  const healthRoute = (checks: Record<string, HealthCheck>): Route => ({
    hasChildren: true,
    async handle({ path, query, response }) {
      const answer = await answerHealth(path, query, checks)
      if (!answer) throw notServed()
      respondText(response, answer.code, answer.text)
    },
  })
  const routes: Readonly<Record<string, Route>> = {
    '/version': { handle: ({ request, response }) => respondJson(request, response, JSON.stringify(versionInfo)) },
    '/livez': healthRoute(alive),
    '/readyz': healthRoute(ready),
    '/healthz': healthRoute(ready),
    '/metrics': {
      async handle({ response }) {
        respondText(response, 200, await metrics.registry.metrics(), metrics.registry.contentType)
      },
    },
    '/openapi/v2': {
      handle({ request, response }) {
        const type = openApiProtobufType(request.headers.accept)
        response.setHeader('Vary', 'Accept')
        return type ? respondBytes(response, openApi.v2Protobuf(), type) : respondJson(request, response, openApi.v2())
      },
    },
    '/openapi/v3': {
      hasChildren: true,
      handle({ request, response }, rest) {
        const document = rest ? openApi.v3(rest) : openApi.v3Index()
        if (document === undefined) throw notServed()
        return respondJson(request, response, document)
      },
    },
    '/api': {
      hasChildren: true,
      handle: (call, rest) =>
        rest
          ? respondDiscovery(call, () => resourceList(server, rest))
          : respondDiscovery(
              call,
              () => legacyVersions(call.request.headers.host ?? ''),
              (version) => aggregatedDiscovery(server, { core: true, version }),
            ),
    },
    '/apis': {
      hasChildren: true,
      handle(call, rest) {
        if (rest.includes('/')) return respondDiscovery(call, () => resourceList(server, rest))
        if (rest) return respondDiscovery(call, () => apiGroup(server, rest))
        return respondDiscovery(
          call,
          () => groupList(server),
          (version) => aggregatedDiscovery(server, { core: false, version }),
        )
      },
    },
  }
  return {
    answer(call) {
      const found = routeOf(routes, call.path)
      if (!found) throw notServed()
      const { method } = call.request
      if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed()
      return found.route.handle(call, found.rest)
    },
  }
}

/** The longest route that a path begins with. A slash at its end says nothing. */
function routeOf(routes: Readonly<Record<string, Route>>, path: string): { route: Route; rest: string } | undefined {
  const plain = path.endsWith('/') ? path.slice(0, -1) : path
  for (let end = plain.length; end > 0; end = plain.lastIndexOf('/', end - 1)) {
    const own = plain.slice(0, end)
    const route = Object.hasOwn(routes, own) ? routes[own] : undefined
    if (route) return end === plain.length || route.hasChildren ? { route, rest: plain.slice(end + 1) } : undefined
  }
  return undefined
}

/** Discovery in the form that the client asks for: that of one document, or of all together where `aggregated` makes it. */
function respondDiscovery(
  { request, response }: PathCall,
  single: () => unknown,
  aggregated?: (version: string) => unknown,
): Promise<void> {
  const output = negotiate(request.headers.accept)
  if (!aggregated || output.shape !== 'APIGroupDiscoveryList') return respondJson(request, response, JSON.stringify(single()), { output })
  const body = JSON.stringify(aggregated(output.version))
  const type = `application/json;g=apidiscovery.k8s.io;v=${output.version};as=APIGroupDiscoveryList`
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), Vary: 'Accept' }).end(body)
  return Promise.resolve()
}
