import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { callbackify } from 'node:util'

import { HeaderReader, HeaderWriter, type SpdyHeaders } from './header-block.ts'

const version = 3
const frameHeaderBytes = 8
const maxFrameBytes = 1 << 20
const maxDataBytes = 64 * 1024
const maxStreams = 2_000
const flagFin = 0x01
const frameTypes = { synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7 } as const

/** A stream of a SPDY connection, opened by the other side. Ending it ends our direction alone. */
export interface SpdyStream extends Duplex {
  headers: SpdyHeaders
}

export interface SpdyConnectionOptions {
  onStream(stream: SpdyStream): void
  onClose(): void
}

/**
 * The server's side of SPDY/3.1 as Kubernetes' older clients speak it: streams that the client opens, without push, priorities or windows.
 * A stream whose reader is slow holds the whole connection back. https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/
 */
export class SpdyConnection {
  readonly #socket: Duplex
  readonly #options: SpdyConnectionOptions
  readonly #streams = new Map<number, Duplex>()
  readonly #reader = new HeaderReader()
  readonly #writer = new HeaderWriter()
  /** Frames are written one after the other: their headers are compressed in one stream. */
  #writing: Promise<void> = Promise.resolve()

  constructor(socket: Duplex, options: SpdyConnectionOptions) {
    this.#socket = socket
    this.#options = options
    socket.on('error', () => {}) // 'close' follows and tells.
    socket.once('close', () => this.#close())
    this.#read().catch(() => socket.destroy())
  }

  /** Ends the connection once what was written has gone out. */
  end(): void {
    void this.#writing.finally(() => this.#socket.end())
  }

  async #read(): Promise<void> {
    let rest: Buffer = Buffer.alloc(0)
    for await (const chunk of this.#socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      while (rest.length >= frameHeaderBytes) {
        const length = rest.readUIntBE(5, 3)
        if (length > maxFrameBytes) throw new Error('the frame is too long')
        if (rest.length < frameHeaderBytes + length) break
        await this.#take(rest.subarray(0, frameHeaderBytes), rest.subarray(frameHeaderBytes, frameHeaderBytes + length))
        rest = rest.subarray(frameHeaderBytes + length)
      }
    }
    this.#socket.end()
  }

  async #take(header: Buffer, payload: Buffer): Promise<void> {
    const flags = header.readUInt8(4)
    const isControl = (header.readUInt8(0) & 0x80) !== 0
    if (!isControl) return this.#takeData(header.readUInt32BE(0), payload, flags)
    if ((header.readUInt16BE(0) & 0x7fff) !== version) throw new Error('another version of SPDY')
    switch (header.readUInt16BE(2)) {
      case frameTypes.synStream:
        return this.#open(payload, flags)
      case frameTypes.rstStream:
        this.#streams.get(payload.readUInt32BE(0) & 0x7fffffff)?.destroy()
        return
      case frameTypes.ping:
        return this.#send(controlFrame(frameTypes.ping, 0, payload.subarray(0, 4)))
      case frameTypes.goAway:
        return
    }
  }

  async #open(payload: Buffer, flags: number): Promise<void> {
    const id = payload.readUInt32BE(0) & 0x7fffffff
    const headers = await this.#reader.read(payload.subarray(10))
    if (this.#streams.has(id) || this.#streams.size >= maxStreams) throw new Error('the stream cannot be opened')
    const stream = Object.assign(this.#duplex(id), { headers })
    this.#streams.set(id, stream)
    stream.once('close', () => this.#streams.delete(id))
    stream.on('error', () => {})
    if (flags & flagFin) stream.push(null)
    const head = Buffer.alloc(4)
    head.writeUInt32BE(id)
    void this.#queue(async () => controlFrame(frameTypes.synReply, 0, Buffer.concat([head, await this.#writer.write({})])))
    this.#options.onStream(stream)
  }

  #duplex(id: number): Duplex {
    return new Duplex({
      allowHalfOpen: true,
      read() {
        this.emit('wanted')
      },
      write: (chunk: Buffer, _encoding, done) => {
        const parts: Buffer[] = []
        for (let at = 0; at < chunk.length; at += maxDataBytes) parts.push(dataFrame(id, 0, chunk.subarray(at, at + maxDataBytes)))
        callbackify(() => this.#send(Buffer.concat(parts)))(done)
      },
      final: (done) => {
        callbackify(() => this.#send(dataFrame(id, flagFin, Buffer.alloc(0))))(done)
      },
    })
  }

  /** Waits until the stream's reader has room: what else is on the connection waits with it. */
  async #takeData(id: number, data: Buffer, flags: number): Promise<void> {
    const stream = this.#streams.get(id)
    if (!stream || stream.destroyed) return
    if (data.length > 0 && !stream.push(data)) await Promise.race([once(stream, 'wanted'), once(stream, 'close')]).catch(() => {})
    if (flags & flagFin) stream.push(null)
  }

  #send(frame: Buffer): Promise<void> {
    return this.#queue(() => Promise.resolve(frame))
  }

  #queue(make: () => Promise<Buffer>): Promise<void> {
    const written = this.#writing.then(async () => {
      if (this.#socket.destroyed || this.#socket.writableEnded) return
      if (!this.#socket.write(await make())) await Promise.race([once(this.#socket, 'drain'), once(this.#socket, 'close')]).catch(() => {})
    })
    this.#writing = written.catch(() => {})
    return written
  }

  #close(): void {
    for (const stream of this.#streams.values()) stream.destroy()
    this.#reader.close()
    this.#writer.close()
    this.#options.onClose()
  }
}

function controlFrame(type: number, flags: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(frameHeaderBytes)
  header.writeUInt16BE(0x8000 | version, 0)
  header.writeUInt16BE(type, 2)
  header.writeUInt8(flags, 4)
  header.writeUIntBE(payload.length, 5, 3)
  return Buffer.concat([header, payload])
}

function dataFrame(id: number, flags: number, data: Buffer): Buffer {
  const header = Buffer.alloc(frameHeaderBytes)
  header.writeUInt32BE(id, 0)
  header.writeUInt8(flags, 4)
  header.writeUIntBE(data.length, 5, 3)
  return Buffer.concat([header, data])
}
