import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createHttpsServer, type ServerOptions as TlsServerOptions } from 'node:https'
import type { Duplex } from 'node:stream'

/** What a client may take for each stage of a connection: nobody holds one by saying nothing. */
const stages = {
  handshakeTimeout: 10_000,
  headersTimeout: 15_000,
  /** Of a whole request with its body; what is answered may go on as long as it likes. */
  requestTimeout: 60_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
} satisfies ServerOptions & TlsServerOptions

export interface Listener {
  handle: RequestListener
  /** Takes an upgrade request. Returns false for a path where no other protocol is spoken, having touched nothing. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Whether `upgrade` takes requests for this URL; others are answered as if they did not ask for it. */
  isUpgradable(url: string): boolean
}

/** A server over TLS that asks for, but does not insist on, a certificate of the authority. */
export function createTlsServer({ ca, ...pair }: { key: string; cert: string; ca: string }, listener: Listener): Server {
  const options = { ...stages, ...pair, ca: [ca], requestCert: true, rejectUnauthorized: false }
  return withUpgrades(createHttpsServer({ ...options, shouldUpgradeCallback: upgradable(listener) }, listener.handle), listener)
}

export function createPlainServer(listener: Listener): Server {
  return withUpgrades(createHttpServer({ ...stages, shouldUpgradeCallback: upgradable(listener) }, listener.handle), listener)
}

const upgradable =
  ({ isUpgradable }: Listener) =>
  ({ url = '/' }: IncomingMessage): boolean =>
    isUpgradable(url)

function withUpgrades<T extends Server>(server: T, { upgrade }: Listener): T {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A client that is gone meanwhile is no news.
    socket.on('error', () => socket.destroy())
    if (!upgrade(request, socket, head)) socket.destroy()
  })
  return server
}

/** Stops listening and ends what is open: watches resume elsewhere or later. */
export function closeServer(server: Pick<Server, 'close' | 'closeAllConnections'>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
