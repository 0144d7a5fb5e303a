import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

import type { EndpointSlice, Service } from '@quarterdeck/api'
import { createLogger, type Informer, type Logger } from '@quarterdeck/controller-runtime'

import { endpointsOf, serviceKeyOf } from './service-endpoints.ts'

export interface HealthCheckOptions {
  services: Informer<Service>
  endpointSlices: Informer<EndpointSlice>
  nodeName: string
  log?: Logger
  signal: AbortSignal
}

/**
 * Answers on the health check port of every Service that has one, until the signal aborts: 200 if this node has a ready endpoint of
 * it and 503 if not, which is how balancers outside of the cluster find the nodes to send to under a policy Local.
 */
export async function serveHealthChecks(options: HealthCheckOptions): Promise<void> {
  const { services, endpointSlices, signal, log = createLogger('health-checks') } = options
  await Promise.all([services.synced(), endpointSlices.synced()])
  if (signal.aborted) return
  const servers = new Map<number, Server>()
  const settle = (): void => {
    const wanted = new Map(
      services.list().flatMap((service) => (service.spec.healthCheckNodePort ? [[service.spec.healthCheckNodePort, service]] : [])),
    )
    for (const [port, server] of servers)
      if (!wanted.has(port)) {
        server.close()
        server.closeAllConnections()
        servers.delete(port)
      }
    for (const port of wanted.keys()) if (!servers.has(port)) servers.set(port, listen(port, options, log))
  }
  const remove = services.onChange(settle)
  await once(signal, 'abort').catch(() => {})
  remove()
  for (const server of servers.values()) {
    server.close()
    server.closeAllConnections()
  }
}

function listen(port: number, options: HealthCheckOptions, log: Logger): Server {
  const server = createServer((_, response) => {
    const service = options.services.list().find(({ spec }) => spec.healthCheckNodePort === port)
    const count = service ? localEndpoints(service, options) : 0
    const body = {
      service: { namespace: service?.metadata.namespace, name: service?.metadata.name },
      localEndpoints: count,
      serviceProxyHealthy: true,
    }
    const headers = {
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'x-load-balancing-endpoint-weight': String(count),
    }
    response.writeHead(count > 0 ? 200 : 503, headers).end(`${JSON.stringify(body)}\n`)
  })
  server.on('error', (error) => log.error(`the health check port ${port} cannot be served`, { error }))
  return server.listen(port)
}

/** Ready endpoints on this node: the most that any port has. */
function localEndpoints(service: Service, { endpointSlices, nodeName }: HealthCheckOptions): number {
  const key = `${service.metadata.namespace}/${service.metadata.name}`
  const slices = endpointSlices.list().filter((slice) => serviceKeyOf(slice) === key)
  const counts = (service.spec.ports ?? []).map((port) => endpointsOf(port, slices, nodeName).filter(({ isLocal }) => isLocal).length)
  return Math.max(0, ...counts)
}
