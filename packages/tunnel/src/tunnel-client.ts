import http2 from 'node:http2'

import { duplexOf } from '@quarterdeck/streams'
import { WebSocket } from 'ws'

import { keepAlive } from './heartbeat.ts'

export type TunnelRequest = http2.Http2ServerRequest
export type TunnelResponse = http2.Http2ServerResponse
export type TunnelHandler = (request: TunnelRequest, response: TunnelResponse) => void

export interface TunnelCredentials {
  /** Sent with each upgrade: an authorization header, for instance, whose token may have been renewed. */
  headers?: () => Record<string, string>
  ca?: string
  cert?: string
  key?: string
}

export interface ConnectTunnelOptions extends TunnelCredentials {
  /** `wss://host:port/tunnel/v1/nodes/<name>` */
  url: string
  /** Answers what comes through the tunnel. */
  handler: TunnelHandler
  /** Told of every connection and of why one ended. */
  onState?: (state: { connected: true } | { connected: false; error: Error }) => void
  signal: AbortSignal
}

const firstRetryMs = 500
const maxRetryMs = 15_000
const handshakeTimeoutMs = 10_000

/** Keeps one outbound connection to web and serves what web asks through it. Resolves when the signal aborts. */
export async function connectTunnel(options: ConnectTunnelOptions): Promise<void> {
  const { signal, onState } = options
  let delayMs = firstRetryMs
  while (!signal.aborted) {
    const connectedAtMs = Date.now()
    const error = await serveOnce(options)
    if (signal.aborted) return
    onState?.({ connected: false, error })
    if (Date.now() - connectedAtMs > maxRetryMs) delayMs = firstRetryMs
    await pause(delayMs * (0.5 + Math.random()), signal)
    delayMs = Math.min(maxRetryMs, delayMs * 2)
  }
}

/** One connection from its beginning to its end. Resolves with why it ended. */
function serveOnce(options: ConnectTunnelOptions): Promise<Error> {
  const { url, handler, signal, onState, headers, ca, cert, key } = options
  return new Promise((resolve) => {
    const socket = new WebSocket(url, {
      headers: headers?.() ?? {},
      handshakeTimeout: handshakeTimeoutMs,
      perMessageDeflate: false,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    })
    let failure = new Error('the connection was closed')
    const stop = () => socket.terminate()
    signal.addEventListener('abort', stop, { once: true })
    socket.on('error', (error) => {
      failure = error
    })
    socket.on('close', () => {
      signal.removeEventListener('abort', stop)
      resolve(failure)
    })
    socket.on('open', () => {
      keepAlive(socket)
      // The agent, which dialled, is the server of HTTP/2: web asks, the agent answers.
      http2.createServer(handler).emit('connection', duplexOf(socket))
      onState?.({ connected: true })
    })
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
