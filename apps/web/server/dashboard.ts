import type { RequestListener } from 'node:http'
import { fileURLToPath } from 'node:url'

import type { ApiServer, NodeConnections } from '@quarterdeck/apiserver'
import nextModule from 'next'

/** CommonJS whose types say `default` where the module itself is the function. */
const next = nextModule as unknown as typeof nextModule.default

/** What the code of the dashboard's routes finds of this process: the one API core, not a copy in the bundle. */
export interface WebContext {
  server: ApiServer
  nodes: NodeConnections
}

export interface Dashboard {
  handle: RequestListener
  close(): Promise<void>
}

/** Starts Next in this process. */
export async function startDashboard(context: WebContext, isDevelopment: boolean): Promise<Dashboard> {
  ;(globalThis as Record<symbol, unknown>)[Symbol.for('quarterdeck.web')] = context
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
    close: () => app.close(),
  }
}
