import { createMemoryStore } from '@quarterdeck/storage'

import { createApiServer } from './api-server.ts'
import { apiServerUser } from './auth/user.ts'
import { clientConformance } from './testing/client-conformance.ts'
import { startRestServer } from './testing/rest-server.ts'

clientConformance('in process', async () => {
  const store = createMemoryStore()
  const server = await createApiServer({ store })
  return { client: server.clientFor(apiServerUser, 'test'), close: () => store.close() }
})

clientConformance('over HTTP', async () => {
  const server = await startRestServer()
  return { client: server.client, close: () => server.close() }
})
