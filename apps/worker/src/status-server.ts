import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'

import type { Kind } from '@quarterdeck/api'
import { workerHost, type CertificateAuthority } from '@quarterdeck/apiserver'
import { machineAddresses, SettingError } from '@quarterdeck/process'
import type { Scheduler } from '@quarterdeck/scheduler'

import type { WorkerMetrics } from './metrics.ts'
import { schedulingQuestion, statusOf } from './scheduling-questions.ts'

export interface StatusServer {
  /** Where it answers, as `host:port`, the one that other machines reach first. */
  addresses: string[]
  close(): Promise<void>
}

export interface StatusSources {
  authority: CertificateAuthority
  metrics: WorkerMetrics
  scheduler: Scheduler
  kinds: () => readonly Kind[]
}

const certificateDays = 3650
const administrators = 'system:masters'

/**
 * Answers administrators, who show a certificate of the cluster's authority, on every address of this machine: /healthz,
 * /metrics (Prometheus), and as JSON /scheduling/POD-UID, why a Pod is pending or where it is, and POST /what-if.
 */
export async function startStatusServer(port: number, sources: StatusSources): Promise<StatusServer> {
  const { authority } = sources
  const hosts = [...machineAddresses().slice(0, 1), '127.0.0.1']
  const { certificatePem, keyPem } = await authority.issueServer([workerHost, 'localhost', ...hosts], certificateDays)
  const server = createServer(
    { cert: certificatePem, key: keyPem, ca: authority.certificatePem, requestCert: true, rejectUnauthorized: true },
    (request, response) => void answer(request, response, sources),
  )
  server.listen({ port })
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new SettingError(`port ${port} (QUARTERDECK_WORKER_PORT) is in use`) : error
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    addresses: hosts.map((host) => `${host}:${bound}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, { metrics, scheduler, kinds }: StatusSources): Promise<void> {
  const { pathname: path, searchParams } = new URL(request.url ?? '/', 'https://worker')
  const send = (code: number, contentType: string, body: string): void => {
    response.writeHead(code, { 'content-type': contentType }).end(body)
  }
  if (!isAdministrator(request.socket as TLSSocket)) return send(403, 'text/plain', `only members of ${administrators} are answered\n`)
  const route = `${request.method} ${path}`
  const question = schedulingQuestion(route, { request, scheduler, searchParams, kinds })
  if (question) {
    const { code, body } = await statusOf(question)
    return send(code, 'application/json', body)
  }
  if (request.method !== 'GET') return send(405, 'text/plain', 'only GET is answered\n')
  if (path === '/healthz') return send(200, 'text/plain', 'ok')
  if (path === '/metrics') return send(200, metrics.contentType, await metrics.text())
  send(404, 'text/plain', 'not found\n')
}

function isAdministrator(socket: TLSSocket): boolean {
  return [socket.getPeerCertificate().subject?.O ?? []].flat().includes(administrators)
}
