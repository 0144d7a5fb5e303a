import type { Duplex } from 'node:stream'

import { channels, type ChannelLink, type ChannelMessage } from '../channel-link.ts'
import { FlowQueue } from '../flow-queue.ts'
import { SpdyConnection, type SpdyStream } from './spdy-connection.ts'

const highWaterBytes = 256 * 1024

/** How long a client may take to open the streams that it asked for. */
const openTimeoutMs = 30_000

export type StreamName = 'stdin' | 'stdout' | 'stderr' | 'error' | 'resize'

/** A session over SPDY: each channel is a stream that the client opens and names in its header `streamtype`. */
export function spdyLink(socket: Duplex, expected: readonly StreamName[]): Promise<ChannelLink> {
  return new Promise((resolve, reject) => {
    const streams = new Map<number, SpdyStream>()
    const queue = new FlowQueue<ChannelMessage>({ highWater: highWaterBytes, sizeOf: ({ data }) => data.length + 16, onPause, onResume })
    const timer = setTimeout(() => {
      reject(new Error('the client did not open its streams in time'))
      socket.destroy()
    }, openTimeoutMs)
    const connection = new SpdyConnection(socket, {
      onStream(stream) {
        const name = stream.headers['streamtype'] ?? ''
        if (!isName(name)) return void stream.destroy()
        const channel = channels[name]
        streams.set(channel, stream)
        stream.on('data', (data: Buffer) => queue.push({ channel, data }))
        stream.on('end', () => queue.push({ channel: channels.close, data: Uint8Array.of(channel) }))
        if (!expected.every((wanted) => streams.has(channels[wanted]))) return
        clearTimeout(timer)
        resolve(link)
      },
      onClose() {
        clearTimeout(timer)
        queue.end()
        reject(new Error('the client closed the connection'))
      },
    })
    function onPause(): void {
      for (const stream of streams.values()) stream.pause()
    }
    function onResume(): void {
      for (const stream of streams.values()) stream.resume()
    }
    const link: ChannelLink = {
      incoming: queue,
      send: (channel, data) =>
        new Promise((done) => {
          const stream = streams.get(channel)
          if (!stream || stream.destroyed || stream.writableEnded) return done()
          stream.write(data, () => done())
        }),
      end() {
        for (const stream of streams.values()) stream.end()
        connection.end()
      },
      destroy: () => void socket.destroy(),
    }
  })
}

const isName = (name: string): name is StreamName => name in channels && name !== 'close'
