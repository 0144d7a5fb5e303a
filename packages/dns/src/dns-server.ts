import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'

import type { EndpointSlice, Service } from '@quarterdeck/api'
import { createLogger, type Informer, type Logger } from '@quarterdeck/controller-runtime'

import { DnsIndex } from './dns-index.ts'
import { respond, type RespondOptions } from './respond.ts'
import { framed, Upstream } from './upstream.ts'

export interface DnsServerOptions {
  services: Informer<Service>
  endpointSlices: Informer<EndpointSlice>
  /** Address to answer on; it must be this machine's. */
  address: string
  /** Default 53. */
  port?: number
  /** Default `cluster.local`. */
  domain?: string
  /** Servers to ask for everything else. */
  upstreams: readonly string[]
  log?: Logger
  signal: AbortSignal
}

const maxConnections = 200
const idleMs = 10_000
const maxMessageBytes = 4_096

/** Answers DNS over UDP and TCP until the signal aborts. Rejects if the address cannot be taken. */
export async function startDnsServer(options: DnsServerOptions): Promise<void> {
  const { services, endpointSlices, signal, address, port = 53, log = createLogger('dns') } = options
  const index = new DnsIndex(options.domain ?? 'cluster.local')
  services.onChange((change) => (change.type === 'deleted' ? index.deleteService(change.object) : index.setService(change.object)))
  endpointSlices.onChange((change) => {
    // A slice may move to another service.
    if (change.old) index.deleteSlice(change.old)
    if (change.type !== 'deleted') index.setSlice(change.object)
  })
  // Until the services are known every name would seem not to exist.
  await Promise.all([services.synced(), endpointSlices.synced()])
  if (signal.aborted) return
  const context: RespondOptions = { index, upstream: new Upstream(options.upstreams.filter((server) => server !== address)) }
  const udp = await listenUdp(context, { address, port, log })
  const tcp = await listenTcp(context, { address, port, log }).catch((error: unknown) => {
    udp.close()
    throw error
  })
  const close = () => {
    udp.close()
    tcp.close()
  }
  signal.addEventListener('abort', close, { once: true })
  if (signal.aborted) close()
}

interface Place {
  address: string
  port: number
  log: Logger
}

function listenUdp(context: RespondOptions, { address, port, log }: Place): Promise<UdpSocket> {
  const socket = createSocket('udp4')
  socket.on('message', (message, from) => {
    respond(message, 'udp', context)
      .then((response) => response && socket.send(response, from.port, from.address))
      .catch((error: unknown) => log.warn('a question could not be answered', { error }))
  })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, address, () => {
      socket.off('error', reject)
      socket.on('error', (error) => log.warn('the DNS socket failed', { error }))
      resolve(socket)
    })
  })
}

function listenTcp(context: RespondOptions, { address, port, log }: Place): Promise<Server> {
  const server = createServer((socket) => serveConnection(socket, context))
  server.maxConnections = maxConnections
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      server.off('error', reject)
      server.on('error', (error) => log.warn('the DNS server failed', { error }))
      resolve(server)
    })
  })
}

/** Messages one after the other, each with its length before it. A connection that says nothing or too much is cut. */
function serveConnection(socket: Socket, context: RespondOptions): void {
  let received = Buffer.alloc(0)
  let work = Promise.resolve()
  socket.setTimeout(idleMs, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.unref()
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    if (received.length > 2 * maxMessageBytes) return void socket.destroy()
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      const message = Buffer.from(received.subarray(2, end))
      received = received.subarray(end)
      work = work
        .then(() => respond(message, 'tcp', context))
        .then((response) => void (response && socket.write(framed(response))))
        .catch(() => void socket.destroy())
    }
  })
}
