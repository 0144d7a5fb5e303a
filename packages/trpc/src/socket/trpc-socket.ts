import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

import { isApiError } from '@quarterdeck/api-machinery'
import { getWSConnectionHandler } from '@trpc/server/adapters/ws'
import { WebSocketServer, type WebSocket } from 'ws'

import { createContext, type Context } from '../context.ts'
import type { Deck } from '../deck.ts'
import { appRouter } from '../router.ts'
import { drainOf } from './drain-of.ts'

export const socketPath = '/api/trpc/socket'
/** Close code that sends the browser to sign in: it can't see the status of a refused upgrade. */
export const signInCode = 4401

const maxMessageBytes = 1024 * 1024
/** How often it is looked whether the session of an open connection is still good. */
const sessionCheckMs = 60_000
const keepAlive = { enabled: true, pingMs: 20_000, pongWaitMs: 10_000 }

/** The subscriptions of a browser tab, all over one WebSocket: browsers allow six HTTP/1.1 connections for all tabs together. */
export interface TrpcSocket {
  /** Whether it takes upgrade requests for this URL. */
  takes(url: string): boolean
  /** Takes an upgrade request of its path. Returns false for any other, having touched nothing. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  close(): void
}

export interface TrpcSocketOptions {
  /** Told of errors that are our own fault. */
  onInternalError?: (error: Error, path: string) => void
}

export function createTrpcSocket({ onInternalError }: TrpcSocketOptions, deck: Deck): TrpcSocket {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxMessageBytes })
  const contexts = new WeakMap<WebSocket, Context>()
  const serve = getWSConnectionHandler({
    wss: server,
    router: appRouter,
    createContext: ({ res }) => contexts.get(res)!,
    keepAlive,
    onError({ error, path }) {
      if (error.code === 'INTERNAL_SERVER_ERROR') onInternalError?.(error.cause ?? error, path ?? '')
    },
  })

  async function accept(client: WebSocket, message: IncomingMessage): Promise<void> {
    client.on('error', () => client.terminate())
    // Messages that come before the session is checked wait in the socket.
    client.pause()
    const context = createContext(deck, requestOf(message), new Headers(), drainOf(client))
    try {
      context.refuseOtherSites()
      await context.authenticate()
    } catch (error) {
      client.resume()
      const isKnown = isApiError(error)
      if (!isKnown) onInternalError?.(error as Error, socketPath)
      return client.close(
        isApiError(error, 'Unauthorized') ? signInCode : isKnown ? 1008 : 1011,
        isKnown ? error.message.slice(0, 100) : '',
      )
    }
    contexts.set(client, context)
    endWithSession(client, context)
    serve(client, message)
    client.resume()
  }

  return {
    takes,
    upgrade(message, socket, head) {
      if (!takes(message.url ?? '/')) return false
      server.handleUpgrade(message, socket, head, (client) => void accept(client, message))
      return true
    },
    close() {
      for (const client of server.clients) client.terminate()
      server.close()
    },
  }
}

const takes = (url: string): boolean => url.split('?', 1)[0] === socketPath

/** Closes the connection when its session is over; a session that can't be checked now is checked again. */
function endWithSession(client: WebSocket, { authenticate }: Context): void {
  const check = (): void => {
    authenticate().catch((error: unknown) => {
      if (isApiError(error, 'Unauthorized')) client.close(signInCode, error.message.slice(0, 100))
    })
  }
  const timer = setInterval(check, sessionCheckMs).unref()
  client.on('close', () => clearInterval(timer))
}

/** The upgrade request as the rest of the dashboard knows requests. */
function requestOf({ headers, url, socket }: IncomingMessage): Request {
  const scheme = 'encrypted' in socket && socket.encrypted ? 'https' : 'http'
  const known = new Headers()
  for (const name of ['authorization', 'cookie', 'host', 'origin', 'sec-fetch-site', 'x-forwarded-host', 'x-forwarded-proto']) {
    const value = headers[name]
    if (typeof value === 'string') known.set(name, value)
  }
  return new Request(new URL(url ?? '/', `${scheme}://${headers.host ?? 'web'}`), { headers: known })
}
