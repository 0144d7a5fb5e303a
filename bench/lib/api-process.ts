/** An API server with TLS over a Postgres, as web runs it but without the dashboard: forked by the benchmarks. */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

import { createApiServer, createAuthenticator, createRestHandler, mastersGroup } from '@quarterdeck/apiserver'
import { openPostgresStore } from '@quarterdeck/storage'

const store = await openPostgresStore({ connectionString: process.env['DATABASE_URL'] ?? '' })
const api = await createApiServer({ store })
const { authority } = api.identity
const serving = await authority.issueServer(['127.0.0.1'], 1)
const admin = await authority.issueClient('bench', [mastersGroup], 1)
const rest = createRestHandler({
  server: api,
  authenticate: createAuthenticator(api.tokens),
})
const server = createServer(
  { key: serving.keyPem, cert: serving.certificatePem, ca: [authority.certificatePem], requestCert: true, rejectUnauthorized: false },
  rest.handle,
)
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, caPem: authority.certificatePem, ...admin })
})
process.once('disconnect', () => process.exit(0))
