import { ApiError } from '@quarterdeck/api-machinery'
import type { ApiServer, NodeConnections } from '@quarterdeck/apiserver'
import { getErrorShape, TRPCError } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'

import { createContext } from './context.ts'
import { createDeck } from './deck.ts'
import { hasPage, type PageAddress } from './pages/has-page.ts'
import { appRouter } from './router.ts'
import { createTrpcSocket, type TrpcSocket } from './socket/trpc-socket.ts'
import { trpcError } from './trpc.ts'
import { setWebContext } from './web-context.ts'

/** The longest body of a mutation; several YAML files of the largest objects fit. */
const maxBodyBytes = 16 * 1024 * 1024

export interface TrpcHandlerOptions {
  server: ApiServer
  nodes: Pick<NodeConnections, 'request'>
  /** Told of errors that are our own fault. */
  onInternalError?: (error: Error, path: string) => void
}

/** Answers tRPC requests under /api/trpc with the API core of this process. */
export function createTrpcHandler(options: TrpcHandlerOptions, deck = createDeck(options)): (request: Request) => Promise<Response> {
  const { onInternalError } = options
  return async (request) => {
    const bounded = await withBoundedBody(request)
    if (!bounded) return tooLarge()
    return fetchRequestHandler({
      endpoint: '/api/trpc',
      req: bounded,
      router: appRouter,
      allowBatching: true,
      createContext({ resHeaders }) {
        try {
          return createContext(deck, request, resHeaders)
        } catch (error) {
          throw error instanceof ApiError ? trpcError(error) : error
        }
      },
      onError({ error, path }) {
        if (error.code === 'INTERNAL_SERVER_ERROR') onInternalError?.(error.cause ?? error, path ?? '')
      },
    })
  }
}

/** As tRPC answers errors, so that the reader is told in words. */
function tooLarge(): Response {
  const message = `the request is too large: ${maxBodyBytes / 1024 / 1024} MiB at once are the limit`
  const error = new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message })
  const shape = getErrorShape({ config: appRouter._def._config, error, type: 'unknown', path: undefined, input: undefined, ctx: undefined })
  return Response.json({ error: shape }, { status: 413 })
}

/** The request with its body read, or undefined if that is too long. */
async function withBoundedBody(request: Request): Promise<Request | undefined> {
  if (!request.body) return request
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > maxBodyBytes) return undefined
    chunks.push(chunk)
  }
  return new Request(request.url, { method: request.method, headers: request.headers, signal: request.signal, body: Buffer.concat(chunks) })
}

/** What the server around Next has of the dashboard. */
export interface WebServices {
  /** Upgrade requests go there. */
  socket: TrpcSocket
  /** Whether a page shows anything to who asks for it. */
  hasPage(address: PageAddress, request: Request): Promise<boolean>
}

/** Call before Next starts: its route then answers with this process's API core. */
export function installWebContext(options: TrpcHandlerOptions): WebServices {
  const deck = createDeck(options)
  setWebContext({ handleTrpc: createTrpcHandler(options, deck) })
  return { socket: createTrpcSocket(options, deck), hasPage: (address, request) => hasPage(deck, address, request) }
}
