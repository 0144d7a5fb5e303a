/**
 * The dashboard over a memory store full of made-up objects, for working on the interface:
 * `node dev/fixture-server.ts [--pods 300] [--churn 20] [--port 3100] [--production] [--workerless]`. Sign in as admin / admin.
 */
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { parseArgs } from 'node:util'

import { apiServerUser, createApiServer, type NodeConnections } from '@quarterdeck/apiserver'
import { createMemoryStore } from '@quarterdeck/storage'

import { startDashboard } from '../server/dashboard.ts'
import { churn, fillFixtures } from './fixtures.ts'
import { answerQuestions } from './scheduling-fixtures.ts'
import { logOf } from './log-fixtures.ts'
import { fillTroubles } from './trouble-fixtures.ts'
import { tellUsage } from './usage-fixtures.ts'
import { pretendWorker } from './worker-fixtures.ts'
import { fillWorkloads } from './workload-fixtures.ts'

const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '300' },
    churn: { type: 'string', default: '5' },
    port: { type: 'string', default: '3100' },
    production: { type: 'boolean', default: false },
    workerless: { type: 'boolean', default: false },
  },
})

const server = await createApiServer({ store: createMemoryStore() })
await server.sessions.ensureAdministrator('admin')
const client = server.clientFor(apiServerUser, 'fixtures')
if (Number(values.pods) > 0) {
  await fillFixtures(client, { podCount: Number(values.pods) })
  await fillWorkloads(client)
  await fillTroubles(client)
}
const stop = new AbortController()
if (Number(values.churn) > 0) void churn(client, Number(values.churn), stop.signal)

if (!values.workerless) {
  await pretendWorker(server, client)
  await answerQuestions(server, client, stop.signal)
}
void tellUsage(client, stop.signal)

const nodes: Pick<NodeConnections, 'request'> = {
  request: (_nodeName, { path, signal }) =>
    Promise.resolve({ status: 200, headers: {}, body: Readable.from(logOf(new URL(path, 'http://node'), signal)) }),
}

const dashboard = await startDashboard({ server, nodes }, !values.production)
const http = createServer(dashboard.handle)
http.on('upgrade', (request, connection, head) => dashboard.upgrade(request, connection, head))
http.listen(Number(values.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${values.port}  admin / admin`))

process.once('SIGINT', () => {
  stop.abort()
  http.closeAllConnections()
  http.close(() => process.exit(0))
})
