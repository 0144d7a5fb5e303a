import { Transform, type TransformCallback } from 'node:stream'

const headerBytes = 8

/**
 * Takes the engine's multiplexed stream apart: each frame has a header of 8 bytes (stream number, three zeros, length
 * big-endian), then its payload. Passes the payloads of the wanted streams on, in order; keeps at most a header back.
 */
export class FrameDecoder extends Transform {
  readonly #wanted: ReadonlySet<number>
  #header = Buffer.alloc(0)
  #remaining = 0
  #passes = false

  constructor(streams: { stdout: boolean; stderr: boolean }) {
    super()
    this.#wanted = new Set([...(streams.stdout ? [1] : []), ...(streams.stderr ? [2] : [])])
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#remaining === 0) {
        const part = chunk.subarray(at, at + headerBytes - this.#header.length)
        this.#header = Buffer.concat([this.#header, part])
        at += part.length
        if (this.#header.length < headerBytes) break
        this.#passes = this.#wanted.has(this.#header[0] ?? 0)
        this.#remaining = this.#header.readUInt32BE(4)
        this.#header = Buffer.alloc(0)
        continue
      }
      const payload = chunk.subarray(at, at + this.#remaining)
      at += payload.length
      this.#remaining -= payload.length
      if (this.#passes) this.push(payload)
    }
    done()
  }
}
