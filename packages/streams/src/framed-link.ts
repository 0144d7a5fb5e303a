import { once } from 'node:events'
import type { Duplex } from 'node:stream'

import type { ChannelLink, ChannelMessage } from './channel-link.ts'

const headerBytes = 5
/** Longer messages are sent in parts, and not taken. */
const maxFrameBytes = 1 << 20

/** A session over a stream of bytes: each message is a byte with its channel, four with its length (big-endian), and the data. */
export function framedLink(stream: Duplex): ChannelLink {
  stream.on('error', () => {}) // The reader meets it, too.
  const write = async (frame: Buffer): Promise<void> => {
    if (stream.destroyed || stream.writableEnded) return
    if (!stream.write(frame)) await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => {})
  }
  return {
    incoming: messagesOf(stream),
    async send(channel, data) {
      for (let at = 0; at === 0 || at < data.length; at += maxFrameBytes) {
        const part = data.subarray(at, at + maxFrameBytes)
        const frame = Buffer.allocUnsafe(headerBytes + part.length)
        frame.writeUInt8(channel, 0)
        frame.writeUInt32BE(part.length, 1)
        frame.set(part, headerBytes)
        await write(frame)
      }
    },
    end: () => void stream.end(),
    destroy: () => void stream.destroy(),
  }
}

async function* messagesOf(stream: Duplex): AsyncGenerator<ChannelMessage> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= headerBytes) {
      const length = rest.readUInt32BE(1)
      if (length > maxFrameBytes) throw new Error(`a message of ${length} bytes is too long`)
      if (rest.length < headerBytes + length) break
      yield { channel: rest.readUInt8(0), data: rest.subarray(headerBytes, headerBytes + length) }
      rest = rest.subarray(headerBytes + length)
    }
  }
}
