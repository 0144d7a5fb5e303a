import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

import { badRequest } from '@quarterdeck/api-machinery'
import { WebSocketServer } from 'ws'

import type { ChannelLink } from './channel-link.ts'
import { spdyLink, type StreamName } from './spdy/spdy-link.ts'
import { webSocketLink } from './web-socket-link.ts'

/** An upgrade request, as Node's server gives it. */
export interface Upgrade {
  request: IncomingMessage
  socket: Duplex
  head: Buffer
}

const maxMessageBytes = 1 << 20
const webSocketProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const
const spdyProtocol = 'v4.channel.k8s.io'

const server = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  maxPayload: maxMessageBytes,
  handleProtocols: (offered) => webSocketProtocols.find((known) => offered.has(known)) ?? false,
})

export const isUpgradeOf = (protocol: 'websocket' | 'spdy/3.1', { headers }: IncomingMessage): boolean =>
  (headers.upgrade ?? '').toLowerCase() === protocol

/**
 * Accepts the client's side of exec and attach: over WebSocket (v5 and v4 of channel.k8s.io), or SPDY/3.1 for older clients. `streams`
 * are those that the client asked for. Throws BadRequest, having written nothing, for protocols that are not spoken.
 */
export async function acceptChannels(upgrade: Upgrade, streams: readonly StreamName[]): Promise<ChannelLink> {
  const { request, socket, head } = upgrade
  if (isUpgradeOf('websocket', request)) {
    const offered = offeredIn(request.headers['sec-websocket-protocol'])
    const protocol = webSocketProtocols.find((known) => offered.includes(known))
    if (!protocol)
      throw badRequest(
        `unable to upgrade: none of the protocols ${JSON.stringify(offered)} is spoken: allowed are ${webSocketProtocols.join(', ')}`,
      )
    return new Promise((resolve) =>
      server.handleUpgrade(request, socket, head, (client) =>
        resolve(webSocketLink(client, { canClose: protocol === webSocketProtocols[0] })),
      ),
    )
  }
  if (!isUpgradeOf('spdy/3.1', request)) throw badRequest('unable to upgrade: allowed are websocket and SPDY/3.1')
  const offered = offeredIn(request.headers['x-stream-protocol-version'])
  if (!offered.includes(spdyProtocol))
    throw badRequest(`unable to upgrade: the client must speak ${spdyProtocol}, and offers ${JSON.stringify(offered)}`)
  return spdyLink(acceptSpdy(upgrade, spdyProtocol), streams)
}

export function offeredIn(header: string | string[] | undefined): string[] {
  return [header ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((text) => text.trim())
    .filter(Boolean)
}

/** Answers a request for SPDY, and returns the connection. */
export function acceptSpdy({ socket, head }: Upgrade, protocol: string): Duplex {
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  )
  if (head.length > 0) socket.unshift(head)
  return socket
}
