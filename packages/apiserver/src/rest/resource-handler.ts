import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'

import type { Kind } from '@quarterdeck/api'
import { badRequest, type KubeObject } from '@quarterdeck/api-machinery'
import { acceptChannels, acceptPortForward, relay } from '@quarterdeck/streams'

import type { ApiServer } from '../api-server.ts'
import type { User } from '../auth/user.ts'
import type { Answer } from '../endpoints/endpoint.ts'
import { perform } from '../endpoints/perform.ts'
import type { ApiRequest } from '../request.ts'
import { readCallBody } from './body.ts'
import { upgradeOf, type Http } from './http-exchange.ts'
import { negotiate, type Output } from './negotiate.ts'
import { proxyRequest, type ProxiedPath } from './proxy-request.ts'
import { includeObjectOf, queryOptionsOf } from './options.ts'
import type { ResourceInfo } from './request-info.ts'
import { respondJson, respondWarnings } from './respond.ts'
import { renderList, renderObject, shapedObject, type IncludeObject } from './shapes.ts'
import { streamWatch } from './watch-stream.ts'

/** Of one WebSocket. */
const maxPorts = 64

export interface ResourceCall {
  server: ApiServer
  user: User
  kind: Kind
  info: ResourceInfo
  query: URLSearchParams
}

/** How a client wants to be answered. */
interface Wish {
  output: Output
  include: IncludeObject
}

/** Answers a request about a resource or a subresource of it. Throws ApiError. */
export async function handleResource({ server, user, kind, info, query }: ResourceCall, http: Http): Promise<void> {
  const spoken = server.endpoints.spokenKind({ kind, subresource: info.subresource })
  const wish: Wish = {
    output: negotiate(http.request.headers.accept, { isPlain: spoken.columns.length === 0 }),
    include: includeObjectOf(query),
  }
  const { options, fieldManager, ...said } = queryOptionsOf(info.verb, query)
  const request: ApiRequest = {
    user,
    client: fieldManager || (http.request.headers['user-agent'] ?? '').split('/')[0] || 'unknown',
    kind,
    namespace: kind.scope === 'Namespaced' ? info.namespace : '',
    name: info.name,
    subresource: info.subresource,
    subpath: info.subpath,
    ...said,
    warnings: deprecationOf(kind),
  }
  const gone = new AbortController()
  http.response.once('close', () => gone.abort())
  const answer = await perform(info.verb, {
    server,
    request,
    options,
    body: () => readCallBody(http.request, info.verb),
    signal: gone.signal,
    isUpgrade: http.upgrade !== undefined,
  })
  respondWarnings(http.response, request.warnings)
  await send(answer, { kind, spoken, wish, http, query })
}

function deprecationOf({ deprecation, apiVersion, kind }: Kind): string[] {
  return deprecation ? [`${apiVersion} ${kind} is deprecated in v${deprecation.since}+; use ${deprecation.use}`] : []
}

interface Sending {
  kind: Kind
  /** That of a value. */
  spoken: Kind
  wish: Wish
  http: Http
  query: URLSearchParams
}

async function send(answer: Answer, { kind, spoken, wish, http, query }: Sending): Promise<void> {
  const { output, include } = wish
  const code = 'isNew' in answer && answer.isNew ? 201 : 200
  const json = (text: string): Promise<void> => respondJson(http.request, http.response, text, { code, output })
  switch (answer.type) {
    case 'object':
      return json(renderObject(kind, answer.stored, output, include))
    case 'unstored':
      return json(JSON.stringify(shapedObject(kind, answer.object, output, include)))
    case 'list':
      return json(renderList(kind, answer.list, output, include))
    case 'value':
      return json(
        JSON.stringify(output.shape === 'object' ? answer.value : shapedObject(spoken, answer.value as KubeObject, output, include)),
      )
    case 'json':
      return json(answer.text)
    case 'watch':
      return streamWatch(kind, http, { ...wish, ...answer })
    case 'text':
      return sendText(answer, http.response)
    case 'session':
      return joinSession(answer, http)
    case 'ports':
      return joinPorts(answer, http, query)
    case 'proxy':
      return proxyRequest(answer, http, proxiedPathOf(http.request.url ?? ''))
  }
}

/** A stream that ends early because its reader is gone is no failure. */
async function sendText({ stream }: Answer & { type: 'text' }, response: ServerResponse): Promise<void> {
  response.statusCode = 200
  response.setHeader('Content-Type', 'text/plain')
  response.setHeader('Cache-Control', 'no-cache, private')
  response.flushHeaders()
  await pipeline(stream, response).catch((error: unknown) => {
    if (!response.destroyed) throw error
  })
}

async function joinSession({ link, streams }: Answer & { type: 'session' }, http: Http): Promise<void> {
  try {
    await relay(await acceptChannels(upgradeOf(http), streams), link)
  } finally {
    link.destroy()
  }
}

function joinPorts({ dial }: Answer & { type: 'ports' }, http: Http, query: URLSearchParams): Promise<void> {
  const ports = query
    .getAll('ports')
    .flatMap((text) => text.split(','))
    .map(Number)
  const wrong = ports.find((port) => !Number.isInteger(port) || port < 1 || port > 65_535)
  if (wrong !== undefined || ports.length > maxPorts)
    throw badRequest(`query parameter "ports" must name at most ${maxPorts} ports, each 1 to 65535`)
  return acceptPortForward(upgradeOf(http), ports, dial)
}

/** The path of the proxy, and what is below it as it came. */
function proxiedPathOf(url: string): ProxiedPath {
  const [, base = '', rest = ''] = /^(?:https?:\/\/[^/]*)?(\/api\/v1\/(?:[^/?]+\/){1,4}proxy)(.*)$/i.exec(url) ?? []
  return { base, rest }
}
