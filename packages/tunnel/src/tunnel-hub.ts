import type { IncomingMessage } from 'node:http'
import http2 from 'node:http2'
import type { Duplex, Readable } from 'node:stream'

import { unavailable } from '@quarterdeck/api-machinery'
import { duplexOf } from '@quarterdeck/streams'
import { type WebSocket, WebSocketServer } from 'ws'

import { keepAlive } from './heartbeat.ts'

export interface NodeRequest {
  method: string
  /** With its query. */
  path: string
  headers?: Record<string, string>
  /** Sent whole; for a body that goes on, use `open`. */
  body?: Buffer | string
  signal?: AbortSignal
}

export interface NodeResponse {
  status: number
  headers: Record<string, string>
  /** To be read or destroyed. */
  body: Readable
}

export interface NodeStream {
  status: number
  headers: Record<string, string>
  /** Both directions at once. */
  stream: Duplex
}

export interface TunnelHub {
  /** Takes over an upgrade request that was authenticated as this node. A node that connects again replaces its old connection. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, nodeName: string): void
  /** Rejects with ApiError ServiceUnavailable while the node is not connected. */
  request(nodeName: string, request: NodeRequest): Promise<NodeResponse>
  /** As `request`, for exec, attach and port-forward. */
  open(nodeName: string, request: Omit<NodeRequest, 'body'>): Promise<NodeStream>
  isConnected(nodeName: string): boolean
  connectedNodes(): string[]
  close(): void
}

interface NodeConnection {
  session: http2.ClientHttp2Session
  socket: WebSocket
}

/** Longest wait for the first answer of a node that is connected. */
const answerTimeoutMs = 30_000
const maxFrameBytes = 16 << 20

/** Web's side of the tunnels of all nodes connected to this process. */
export function createTunnelHub(): TunnelHub {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxFrameBytes })
  const connections = new Map<string, NodeConnection>()

  function accept(nodeName: string, socket: WebSocket): void {
    connections.get(nodeName)?.socket.terminate()
    keepAlive(socket)
    const session = http2.connect('http://node', { createConnection: () => duplexOf(socket) })
    const connection = { session, socket }
    connections.set(nodeName, connection)
    session.on('error', () => socket.terminate()) // requests under way are told by their own streams
    socket.on('close', () => {
      session.destroy()
      if (connections.get(nodeName) === connection) connections.delete(nodeName)
    })
  }

  function start(nodeName: string, request: Omit<NodeRequest, 'body'>, endStream: boolean): http2.ClientHttp2Stream {
    const connection = connections.get(nodeName)
    if (!connection || connection.session.destroyed || connection.session.closed)
      throw unavailable(`node ${nodeName} is not connected: its agent is not running or cannot reach the server`)
    const headers = { ...request.headers, ':method': request.method, ':path': request.path }
    return connection.session.request(headers, { endStream })
  }

  return {
    handleUpgrade(request, socket, head, nodeName) {
      server.handleUpgrade(request, socket, head, (webSocket) => accept(nodeName, webSocket))
    },
    async request(nodeName, request) {
      const stream = start(nodeName, request, request.body === undefined)
      if (request.body !== undefined) stream.end(request.body)
      const answer = await answerOf(nodeName, stream, request.signal)
      return { ...answer, body: stream }
    },
    async open(nodeName, request) {
      const stream = start(nodeName, request, false)
      const answer = await answerOf(nodeName, stream, request.signal)
      return { ...answer, stream }
    },
    isConnected: (nodeName) => connections.has(nodeName),
    connectedNodes: () => [...connections.keys()],
    close() {
      for (const { socket } of connections.values()) socket.terminate()
      server.close()
    },
  }
}

function answerOf(nodeName: string, stream: http2.ClientHttp2Stream, signal: AbortSignal | undefined): Promise<Omit<NodeResponse, 'body'>> {
  return new Promise((resolve, reject) => {
    const abort = () => stream.close(http2.constants.NGHTTP2_CANCEL)
    const timer = setTimeout(() => {
      abort()
      reject(unavailable(`node ${nodeName} did not answer within ${answerTimeoutMs / 1000} s`))
    }, answerTimeoutMs)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted) abort()
    stream.on('close', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      reject(unavailable(`the connection to node ${nodeName} was lost`))
    })
    stream.on('error', () => {}) // 'close' follows and tells
    stream.on('response', (headers) => {
      clearTimeout(timer)
      resolve({ status: headers[':status'] ?? 0, headers: plain(headers) })
    })
  })
}

function plain(headers: http2.IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).filter(([name, value]) => !name.startsWith(':') && value !== undefined)
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]))
}
