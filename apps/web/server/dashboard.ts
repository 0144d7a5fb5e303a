import type { RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'

import type { ApiServer, NodeConnections } from '@quarterdeck/apiserver'
import { installWebContext } from '@quarterdeck/trpc'
import nextModule from 'next'

/** CommonJS whose types say `default` where the module itself is the function. */
const next = nextModule as unknown as typeof nextModule.default

/** What the dashboard's routes work with: the one API core of this process, not a copy in the bundle. */
export interface WebContext {
  server: ApiServer
  nodes: NodeConnections
}

export interface Dashboard {
  handle: RequestListener
  /** Closes a connection that nobody takes. Under development Next listens to the server itself, for reloading pages. */
  upgrade(socket: Duplex): void
  close(): Promise<void>
}

/** Starts Next in this process. */
export async function startDashboard(context: WebContext, isDevelopment: boolean): Promise<Dashboard> {
  installWebContext({
    ...context,
    onInternalError: (error, path) => console.error('the dashboard failed at', path, error),
  })
  const app = next({ dev: isDevelopment, dir: fileURLToPath(new URL('..', import.meta.url)) })
  await app.prepare()
  const handle = app.getRequestHandler()
  return {
    handle: (request, response) => {
      handle(request, response).catch((error: unknown) => {
        console.error('the dashboard failed to answer', request.url, error)
        response.destroy()
      })
    },
    upgrade: (socket) => {
      if (!isDevelopment) socket.destroy()
    },
    close: () => app.close(),
  }
}
