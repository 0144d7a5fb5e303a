import { apiServerUser, createApiServer, type ApiServer, type NodeConnections } from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'
import { createMemoryStore } from '@quarterdeck/storage'

import { closeDeck, createDeck } from './deck.ts'
import { appRouter } from './router.ts'
import { createCallerFactory } from './trpc.ts'

const noNodes: Pick<NodeConnections, 'request'> = { request: () => Promise.reject(new Error('no node is connected')) }

/** The router over an API server in memory, called as an administrator. For tests. */
export async function openTestDeck(
  nodes: Pick<NodeConnections, 'request'> = noNodes,
): Promise<{ api: TestCaller; server: ApiServer; client: Client; close: () => Promise<void> }> {
  const store = createMemoryStore()
  const server = await createApiServer({ store })
  const deck = createDeck({ server, nodes })
  const api = createCallerFactory(appRouter)({
    ...deck,
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
      await closeDeck(deck)
      await store.close()
    },
  }
}

export type TestCaller = ReturnType<ReturnType<typeof createCallerFactory<(typeof appRouter)['_def']['record']>>>
