/**
 * The dashboard over a memory store full of made-up objects, for working on the interface:
 * `node dev/fixture-server.ts [--pods 300] [--churn 20] [--port 3100] [--production] [--workerless]`. Sign in as admin / admin.
 */
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { parseArgs } from 'node:util'

import { apiServerUser, createApiServer, type NodeConnections } from '@quarterdeck/apiserver'
import { createMemoryStore } from '@quarterdeck/storage'
import { installWebContext } from '@quarterdeck/trpc'
import next from 'next'

import { churn, fillFixtures } from './fixtures.ts'
import { answerQuestions } from './scheduling-fixtures.ts'
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
}
const stop = new AbortController()
if (Number(values.churn) > 0) void churn(client, Number(values.churn), stop.signal)

if (!values.workerless) {
  await pretendWorker(server, client)
  await answerQuestions(server, client, stop.signal)
}
void tellUsage(client, stop.signal)

const nodes: Pick<NodeConnections, 'request'> = {
  async request(_nodeName, { path, signal }) {
    const url = new URL(path, 'http://node')
    const follow = url.searchParams.get('follow') === 'true'
    return { status: 200, headers: {}, body: Readable.from(logLines(url.pathname, follow, signal)) }
  },
}
const socket = installWebContext({ server, nodes, onInternalError: (error, path) => console.error(path, error) })

async function* logLines(path: string, follow: boolean, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  for (let line = 0; line < 200 || (follow && !signal?.aborted); line++) {
    if (line >= 200) await new Promise((resolve) => setTimeout(resolve, 300))
    const level =
      line % 23 === 0 ? 'ERROR could not reach the ledger: connection refused' : `INFO served GET /items/${line} in ${line % 40} ms`
    yield Buffer.from(`${new Date(Date.now() - Math.max(0, 200 - line) * 1000).toISOString()} ${level} (${path.split('/').at(-2)})\n`)
  }
}

const upgrades = createServer()
const app = next({ dev: !values.production, dir: new URL('..', import.meta.url).pathname, httpServer: upgrades })
await app.prepare()
const handle = app.getRequestHandler()
const http = createServer((request, response) => void handle(request, response))
http.on('upgrade', (request, connection, head) => {
  if (!socket.upgrade(request, connection, head)) upgrades.emit('upgrade', request, connection, head)
})
http.listen(Number(values.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${values.port}  admin / admin`))

process.once('SIGINT', () => {
  stop.abort()
  http.closeAllConnections()
  http.close(() => process.exit(0))
})
