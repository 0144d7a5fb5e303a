import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'

const timeoutMs = 2_000
const maxConcurrent = 256

/** Forwards questions to other servers: in their order, each for a while. Refuses rather than queues when too many wait. */
export class Upstream {
  readonly #servers: readonly string[]
  #running = 0

  constructor(servers: readonly string[]) {
    this.#servers = servers
  }

  /** The answer as it came; undefined if there is no server, none answers, or too many questions wait. */
  async ask(query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | undefined> {
    if (this.#running >= maxConcurrent) return undefined
    this.#running++
    try {
      for (const server of this.#servers) {
        const found = await (transport === 'udp' ? askUdp(server, query) : askTcp(server, query))
        if (found) return found
      }
      return undefined
    } finally {
      this.#running--
    }
  }
}

function askUdp(server: string, query: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(server) ? 'udp6' : 'udp4')
    const end = (found: Buffer | undefined) => {
      clearTimeout(timer)
      socket.close()
      resolve(found)
    }
    const timer = setTimeout(() => end(undefined), timeoutMs)
    socket.on('error', () => end(undefined))
    // The question's own number comes back: an answer with another is not to this question.
    socket.on('message', (message) => {
      if (message.length >= 12 && message.readUInt16BE(0) === query.readUInt16BE(0)) end(message)
    })
    socket.connect(53, server, () => socket.send(query))
  })
}

function askTcp(server: string, query: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: server, port: 53, timeout: timeoutMs })
    let received = Buffer.alloc(0)
    const end = (found: Buffer | undefined) => {
      socket.destroy()
      resolve(found)
    }
    socket.on('timeout', () => end(undefined))
    socket.on('error', () => end(undefined))
    socket.on('end', () => end(undefined))
    socket.on('connect', () => socket.write(framed(query)))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) end(received.subarray(2, 2 + received.readUInt16BE(0)))
    })
  })
}

/** With the length before it, as DNS travels over TCP. */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}
