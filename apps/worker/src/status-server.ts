import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { SettingError } from '@quarterdeck/process'
import type { Scheduler } from '@quarterdeck/scheduler'

import type { WorkerMetrics } from './metrics.ts'

export interface StatusServer {
  port: number
  close(): Promise<void>
}

export interface StatusSources {
  metrics: WorkerMetrics
  scheduler: Scheduler
}

/** Answers on loopback: /healthz, /metrics (Prometheus), and /verdicts/POD-UID (JSON), why a pending Pod is pending. */
export async function startStatusServer(port: number, sources: StatusSources): Promise<StatusServer> {
  const server = createServer((request, response) => void answer(request, response, sources))
  server.listen({ host: '127.0.0.1', port })
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new SettingError(`port ${port} (QUARTERDECK_WORKER_PORT) is in use`) : error
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, { metrics, scheduler }: StatusSources): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://worker').pathname
  const send = (code: number, contentType: string, body: string): void => {
    response.writeHead(code, { 'content-type': contentType }).end(body)
  }
  if (request.method !== 'GET') return send(405, 'text/plain', 'only GET is answered\n')
  if (path === '/healthz') return send(200, 'text/plain', 'ok')
  if (path === '/metrics') return send(200, metrics.contentType, await metrics.text())
  const podUid = /^\/verdicts\/([^/]+)$/.exec(path)?.[1]
  const verdicts = podUid && scheduler.verdictsOf(podUid)
  if (verdicts) return send(200, 'application/json', JSON.stringify(verdicts))
  send(404, 'text/plain', 'not found\n')
}
