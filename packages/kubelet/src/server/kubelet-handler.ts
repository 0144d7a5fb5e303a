import { once } from 'node:events'

import type { Pod } from '@quarterdeck/api'
import { ApiError, badRequest, notFound } from '@quarterdeck/api-machinery'
import type { Cache, Clock } from '@quarterdeck/controller-runtime'
import type { ContainerRuntime } from '@quarterdeck/runtime'
import type { TunnelHandler, TunnelRequest, TunnelResponse } from '@quarterdeck/tunnel'

import { readContainerLog } from './container-logs.ts'
import { serveAttach, serveExec, type SessionTarget } from './exec.ts'
import { parseLogRequest } from './log-request.ts'
import { servePort } from './port-forward.ts'
import type { StatsCollector } from './stats.ts'

export type KubeletHandler = TunnelHandler

export interface KubeletHandlerOptions {
  runtime: ContainerRuntime
  pods: Cache<Pod>
  stats: StatsCollector
  clock: Clock
}

type Route = (request: TunnelRequest, response: TunnelResponse, target: RouteTarget) => Promise<void>

interface RouteTarget {
  segments: string[]
  query: URLSearchParams
}

/**
 * The kubelet's own API: `/containerLogs/<namespace>/<pod>/<container>`, `/exec/…` and `/attach/…` likewise,
 * `/portForward/<namespace>/<pod>?port=…`, `/stats/summary`, `/healthz`. Failures are answered with a Status.
 */
export function createKubeletHandler(options: KubeletHandlerOptions): KubeletHandler {
  const { stats } = options
  const routes: Record<string, Route> = {
    healthz: async (_, response) => void response.end('ok'),
    stats: async (_, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(await stats.summary()))
    },
    containerLogs: (request, response, target) => serveLogs(options, { request, response, target }),
    exec: (request, response, target) => serveExec(options.runtime, sessionTarget(options, { request, response, target })),
    attach: (request, response, target) => serveAttach(options.runtime, sessionTarget(options, { request, response, target })),
    portForward: (_, response, { segments, query }) =>
      servePort(options.runtime, podAt(options.pods, segments), { response, port: Number(query.get('port')) }),
  }
  return (request, response) => {
    const url = new URL(request.url, 'http://kubelet')
    const [route = '', ...segments] = url.pathname.slice(1).split('/').map(decodeURIComponent)
    const serve = routes[route]
    const work = serve
      ? serve(request, response, { segments, query: url.searchParams })
      : Promise.reject(badRequest(`no such path: ${url.pathname}`))
    work.catch((error: unknown) => answerError(response, error))
  }
}

function podAt(pods: Cache<Pod>, [namespace = '', name = '']: string[]): Pod {
  const pod = pods.get({ namespace, name })
  if (!pod) throw notFound({ group: '', resource: 'pods' }, name)
  return pod
}

interface Exchange {
  request: TunnelRequest
  response: TunnelResponse
  target: RouteTarget
}

function sessionTarget({ pods }: KubeletHandlerOptions, { request, response, target: { segments, query } }: Exchange): SessionTarget {
  return { request, response, pod: podAt(pods, segments), container: segments[2] ?? '', query }
}

async function serveLogs({ runtime, pods, clock }: KubeletHandlerOptions, { request, response, target }: Exchange): Promise<void> {
  const pod = podAt(pods, target.segments)
  const wanted = parseLogRequest(target.query, clock.now())
  const stop = new AbortController()
  response.on('close', () => stop.abort())
  request.on('aborted', () => stop.abort())
  const log = await readContainerLog(runtime, { pod, container: target.segments[2] ?? '', request: wanted, signal: stop.signal })
  response.setHeader('content-type', 'text/plain')
  response.writeHead(200)
  try {
    for await (const chunk of log) {
      if (stop.signal.aborted) return
      if (!response.write(chunk)) await once(response, 'drain', { signal: stop.signal })
    }
    response.end()
  } catch (error) {
    // The reader left, or the engine did: there is no way to say so inside a log.
    if (!stop.signal.aborted) response.stream.destroy(error as Error)
  }
}

function answerError(response: TunnelResponse, error: unknown): void {
  if (response.headersSent) return void response.stream.destroy()
  const failure = error instanceof ApiError ? error : new ApiError('InternalError', (error as Error).message)
  response.setHeader('content-type', 'application/json')
  response.writeHead(failure.code)
  response.end(JSON.stringify(failure.toStatus()))
}
