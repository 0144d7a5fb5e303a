import type { Duplex } from 'node:stream'

import type { WebSocket } from 'ws'

import type { PortDialer } from './accept-port-forward.ts'
import { webSocketLink } from './web-socket-link.ts'

/** A WebSocket with a channel for the data of each port and one for its errors; both begin with the port's number, little-endian. */
export async function forwardWebSocket(client: WebSocket, ports: readonly number[], dial: PortDialer): Promise<void> {
  const link = webSocketLink(client, { canClose: false })
  const targets: (Duplex | undefined)[] = []
  for (const [index, port] of ports.entries()) {
    const number = Buffer.alloc(2)
    number.writeUInt16LE(port)
    await link.send(2 * index, number)
    await link.send(2 * index + 1, number)
    try {
      const target = await dial(port)
      targets[index] = target
      target.on('error', () => target.destroy())
      void copy(target, (data) => link.send(2 * index, data))
    } catch (error) {
      await link.send(2 * index + 1, Buffer.from(`error forwarding port ${port}: ${(error as Error).message}`))
    }
  }
  try {
    for await (const { channel, data } of link.incoming) {
      const target = channel % 2 === 0 ? targets[channel / 2] : undefined
      if (target && !target.write(data)) await new Promise<void>((resolve) => target.once('drain', resolve).once('close', resolve))
    }
  } finally {
    for (const target of targets) target?.destroy()
    link.destroy()
  }
}

async function copy(from: Duplex, to: (data: Uint8Array) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) await to(chunk)
  } catch {
    // It broke off: there is no word for that in this protocol.
  }
}
