import { apiServerUser, createApiServer, type ApiServer, type NodeConnections } from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'
import { createMemoryStore } from '@quarterdeck/storage'

import { LiveKinds } from './live/live-kinds.ts'
import { appRouter } from './router.ts'
import { createCallerFactory } from './trpc.ts'
import { UsageBoard } from './usage/usage-board.ts'

const noNodes: NodeConnections = { request: () => Promise.reject(new Error('no node is connected')) }

/** The router over an API server in memory, called as an administrator. For tests. */
export async function openTestDeck(
  nodes: NodeConnections = noNodes,
): Promise<{ api: TestCaller; server: ApiServer; client: Client; close: () => Promise<void> }> {
  const store = createMemoryStore()
  const server = await createApiServer({ store })
  const live = new LiveKinds(server.core)
  const usage = new UsageBoard(server.core)
  const api = createCallerFactory(appRouter)({
    server,
    nodes,
    live,
    usage,
    request: new Request('http://test/'),
    responseHeaders: new Headers(),
    authenticate: async () => apiServerUser,
    refuseOtherSites: () => {},
    drained: () => Promise.resolve(),
  })
  return {
    api,
    server,
    client: server.clientFor(apiServerUser, 'test'),
    async close() {
      usage.close()
      await live.close()
      await store.close()
    },
  }
}

export type TestCaller = ReturnType<ReturnType<typeof createCallerFactory<(typeof appRouter)['_def']['record']>>>
