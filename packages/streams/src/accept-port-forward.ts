import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream'

import { badRequest } from '@quarterdeck/api-machinery'
import { WebSocketServer, type WebSocket } from 'ws'

import { acceptSpdy, isUpgradeOf, offeredIn, type Upgrade } from './accept-channels.ts'
import { SpdyConnection, type SpdyStream } from './spdy/spdy-connection.ts'
import { duplexOf } from './web-socket-duplex.ts'
import { forwardWebSocket } from './web-socket-ports.ts'

/** Connects to a port of the target. Rejects with what the client is told. */
export type PortDialer = (port: number) => Promise<Duplex>

const spdyProtocol = 'portforward.k8s.io'
const tunnelProtocol = `SPDY/3.1+${spdyProtocol}`
const webSocketProtocol = 'v4.channel.k8s.io'
const spoken = [tunnelProtocol, webSocketProtocol]
const maxMessageBytes = 1 << 20

const server = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  maxPayload: maxMessageBytes,
})
// The name of the tunnel is no token, which the library insists on: it is not told of protocols, and the answer names the one chosen.
const chosen = new WeakMap<IncomingMessage, string>()
server.on('headers', (headers, request) => headers.push(`Sec-WebSocket-Protocol: ${chosen.get(request)}`))

/**
 * Accepts the client's side of a port-forward: SPDY/3.1, the same inside a WebSocket, or a WebSocket with two channels for each of
 * `ports`. Throws BadRequest, having written nothing, for protocols that are not spoken.
 */
export async function acceptPortForward(upgrade: Upgrade, ports: readonly number[], dial: PortDialer): Promise<void> {
  const { request, socket, head } = upgrade
  if (isUpgradeOf('spdy/3.1', request)) {
    const offered = offeredIn(request.headers['x-stream-protocol-version'])
    if (offered.length > 0 && !offered.includes(spdyProtocol)) throw badRequest(`unable to upgrade: the client must speak ${spdyProtocol}`)
    return forwardSpdy(acceptSpdy(upgrade, spdyProtocol), dial)
  }
  if (!isUpgradeOf('websocket', request)) throw badRequest('unable to upgrade: allowed are websocket and SPDY/3.1')
  const offered = offeredIn(request.headers['sec-websocket-protocol'])
  const protocol = spoken.find((known) => offered.includes(known))
  if (!protocol)
    throw badRequest(`unable to upgrade: none of the protocols ${JSON.stringify(offered)} is spoken: allowed are ${spoken.join(', ')}`)
  if (protocol === webSocketProtocol && ports.length === 0) throw badRequest('query parameter "ports" is required')
  chosen.set(request, protocol)
  delete request.headers['sec-websocket-protocol']
  const forwardOver = (client: WebSocket): Promise<void> =>
    protocol === tunnelProtocol ? forwardSpdy(duplexOf(client), dial) : forwardWebSocket(client, ports, dial)
  // What the client sent meanwhile is read at once: there must be a reader.
  return new Promise((resolve, reject) =>
    server.handleUpgrade(request, socket, head, (client) => void forwardOver(client).then(resolve, reject)),
  )
}

/** Each connection is two streams of the same `requestid`: one for its data, one for what went wrong. Resolves when the client is gone. */
function forwardSpdy(socket: Duplex, dial: PortDialer): Promise<void> {
  return new Promise((resolve) => {
    const waiting = new Map<string, SpdyStream>()
    new SpdyConnection(socket, {
      onStream(stream) {
        const { requestid = '', streamtype, port = '' } = stream.headers
        const key = `${port}/${requestid}`
        if (streamtype === 'error') {
          waiting.set(key, stream)
          stream.once('close', () => waiting.delete(key))
          stream.resume()
          return
        }
        const errors = waiting.get(key)
        if (streamtype !== 'data' || !errors) return void stream.destroy()
        waiting.delete(key)
        void forward({ data: stream, errors }, Number(port), dial)
      },
      onClose: resolve,
    })
  })
}

async function forward({ data, errors }: { data: SpdyStream; errors: SpdyStream }, port: number, dial: PortDialer): Promise<void> {
  try {
    const target = await dial(checkedPort(port))
    data.once('close', () => target.destroy())
    await Promise.all([pass(data, target), pass(target, data)])
  } catch (error) {
    errors.write(`error forwarding port ${port}: ${(error as Error).message}`)
  } finally {
    errors.end()
    data.end()
  }
}

/** One direction; its end is passed on and the other goes on. */
const pass = (from: Duplex, to: Duplex): Promise<void> => new Promise((resolve) => pipeline(from, to, () => resolve()))

export function checkedPort(port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw badRequest(`${port} is not a port: allowed are 1 to 65535`)
  return port
}
