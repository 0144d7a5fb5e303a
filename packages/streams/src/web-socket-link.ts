import type { WebSocket } from 'ws'

import { channels, type ChannelLink, type ChannelMessage } from './channel-link.ts'
import { FlowQueue } from './flow-queue.ts'

const highWaterBytes = 256 * 1024
const pingEveryMs = 20_000

export interface WebSocketLinkOptions {
  /** Whether the client knows the end of a single channel (v5). */
  canClose: boolean
}

/** A session over a WebSocket: each binary message is a byte with its channel, and the data. */
export function webSocketLink(socket: WebSocket, { canClose }: WebSocketLinkOptions): ChannelLink {
  const queue = new FlowQueue<ChannelMessage>({
    highWater: highWaterBytes,
    sizeOf: ({ data }) => data.length + 16,
    onPause: () => socket.pause(),
    onResume: () => socket.resume(),
  })
  socket.on('message', (data: Buffer) => {
    const channel = data[0]
    if (channel === undefined || (channel === channels.close && !canClose)) return
    queue.push({ channel, data: data.subarray(1) })
  })
  socket.on('error', (error) => queue.end(error))
  socket.on('close', () => queue.end())
  const ping = setInterval(() => socket.ping(), pingEveryMs).unref()
  socket.on('close', () => clearInterval(ping))
  return {
    incoming: queue,
    send: (channel, data) =>
      new Promise((resolve) => {
        if (socket.readyState !== socket.OPEN || (channel === channels.close && !canClose)) return resolve()
        const message = Buffer.allocUnsafe(data.length + 1)
        message[0] = channel
        message.set(data, 1)
        // Called when the bytes have left; a socket that closes meanwhile calls, too.
        socket.send(message, () => resolve())
      }),
    end: () => socket.close(1000),
    destroy: () => socket.terminate(),
  }
}
