import type { Duplex, Readable } from 'node:stream'

import { ApiError, isRecord, reasonOfCode, unavailable } from '@quarterdeck/api-machinery'

interface NodeRequest {
  method: string
  /** With its query. */
  path: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Asks the agent of a node. Rejects with ServiceUnavailable when the node is not connected. */
export interface NodeConnections {
  request(nodeName: string, request: NodeRequest): Promise<{ status: number; headers: Record<string, unknown>; body: Readable }>
  /** As `request`, with both directions open. */
  open(nodeName: string, request: NodeRequest): Promise<{ status: number; stream: Duplex }>
}

const notConnected = (nodeName: string): Promise<never> => Promise.reject(unavailable(`node ${nodeName} is not connected to this server`))

/** Of a server that nodes do not connect to. */
export const noNodes: NodeConnections = { request: notConnected, open: notConnected }

/** Opens a stream to a node's agent, or throws what the agent says against it. */
export async function openOnNode(nodes: NodeConnections, nodeName: string, request: NodeRequest): Promise<Duplex> {
  const { status, stream } = await nodes.open(nodeName, request)
  if (status === 200) return stream
  throw await failureOf(status, stream)
}

const maxFailureBytes = 16_384

/** The error that an agent answered with: a Status, or a text of an older one. */
export async function failureOf(status: number, body: Readable): Promise<ApiError> {
  let text = ''
  for await (const chunk of body) {
    text += String(chunk)
    if (text.length > maxFailureBytes) break
  }
  const told = parsed(text)
  if (isRecord(told) && told['kind'] === 'Status') return ApiError.fromStatus({ code: status, ...told })
  const message = text.trim() || `the node answered with status ${status}`
  return status >= 500 ? unavailable(message) : new ApiError(reasonOfCode(status), message)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
