import { constants, createDeflate, createInflate } from 'node:zlib'

import { dictionary } from './dictionary.ts'

export type SpdyHeaders = Readonly<Record<string, string>>

const maxHeaders = 100
const maxBlockBytes = 64 * 1024

/** Compresses and takes apart the headers of one direction of a connection, whose blocks share one zlib stream (SPDY/3, 2.6.10). */
export class HeaderReader {
  readonly #inflate = createInflate({ dictionary, flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH })

  constructor() {
    this.#inflate.on('error', () => {}) // The write that failed tells.
  }

  /** Blocks must be given one after the other. Rejects for one that is malformed or too large. */
  async read(block: Uint8Array): Promise<SpdyHeaders> {
    const inflate = this.#inflate
    await new Promise<void>((resolve, reject) => inflate.write(block, (error) => (error ? reject(error) : resolve())))
    const parts: Buffer[] = []
    let bytes = 0
    for (let part = inflate.read() as Buffer | null; part; part = inflate.read() as Buffer | null) {
      parts.push(part)
      bytes += part.length
      if (bytes > maxBlockBytes) throw new Error('the headers are too long')
    }
    return headersOf(Buffer.concat(parts))
  }

  close(): void {
    this.#inflate.close()
  }
}

export class HeaderWriter {
  readonly #deflate = createDeflate({ dictionary })

  async write(headers: SpdyHeaders): Promise<Buffer> {
    const deflate = this.#deflate
    deflate.write(blockOf(headers))
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve))
    return (deflate.read() as Buffer | null) ?? Buffer.alloc(0)
  }

  close(): void {
    this.#deflate.close()
  }
}

function headersOf(block: Buffer): SpdyHeaders {
  let at = 0
  const number = (): number => {
    const value = block.readUInt32BE(at)
    at += 4
    return value
  }
  const text = (): string => {
    const length = number()
    if (length > block.length - at) throw new Error('a header is cut off')
    at += length
    return block.toString('latin1', at - length, at)
  }
  const count = number()
  if (count > maxHeaders) throw new Error(`there are ${count} headers`)
  const entries = Array.from({ length: count }, () => [text().toLowerCase(), text()] as const)
  return Object.fromEntries(entries)
}

function blockOf(headers: SpdyHeaders): Buffer {
  const entries = Object.entries(headers)
  const parts: Buffer[] = [numberOf(entries.length)]
  for (const part of entries.flat()) parts.push(numberOf(Buffer.byteLength(part)), Buffer.from(part))
  return Buffer.concat(parts)
}

function numberOf(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
