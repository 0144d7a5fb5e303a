import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'

import type { ApiServer, NodeConnections } from '@quarterdeck/apiserver'
import { installWebContext } from '@quarterdeck/trpc'
import nextModule from 'next'

import type { Listener } from './listeners.ts'
import { isThere, refusalOf } from './page-requests.ts'
import { secure } from './page-security.ts'

/** CommonJS whose types say `default` where the module itself is the function. */
const next = nextModule as unknown as typeof nextModule.default

/** What the dashboard's routes work with: the one API core of this process, not a copy in the bundle. */
export interface WebContext {
  server: ApiServer
  nodes: Pick<NodeConnections, 'request'>
}

export interface Dashboard extends Listener {
  close(): Promise<void>
}

/** Starts Next in this process. */
export async function startDashboard(context: WebContext, isDevelopment: boolean): Promise<Dashboard> {
  const { socket, hasPage } = installWebContext({
    ...context,
    onInternalError: (error, path) => console.error('the dashboard failed at', path, error),
  })
  // Next ends every upgrade request of the server it listens to; it gets only what is meant for it, by a server of its own.
  const upgrades = createServer()
  const app = next({ dev: isDevelopment, dir: fileURLToPath(new URL('..', import.meta.url)), httpServer: upgrades })
  await app.prepare()
  const handle = app.getRequestHandler()
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    secure(request, response, { isDevelopment })
    const refusal = refusalOf(request)
    if (refusal) return void response.writeHead(refusal.status, refusal.headers).end(refusal.text)
    // Next renders the page all the same: the console says what is not there, among the navigation that leads on.
    if (!(await isThere(request, hasPage))) response.statusCode = 404
    await handle(request, response)
  }
  return {
    handle: (request, response) => {
      answer(request, response).catch((error: unknown) => {
        console.error('the dashboard failed to answer', request.url, error)
        response.destroy()
      })
    },
    // Next's own socket reloads pages that are worked on.
    isUpgradable: (url) => isDevelopment || socket.takes(url),
    upgrade: (request, connection, head) =>
      socket.upgrade(request, connection, head) || (isDevelopment && upgrades.emit('upgrade', request, connection, head)),
    close: () => {
      socket.close()
      return app.close()
    },
  }
}
