import { createHttpClient } from '@quarterdeck/client'
import { createLogger } from '@quarterdeck/controller-runtime'
import { startSimulatedNodes } from '@quarterdeck/sim-runtime'

import { runNode, teardownNode } from './node.ts'
import { type AgentSettings, readSettings, usage } from './settings.ts'

const log = createLogger('agent')

async function run(settings: AgentSettings): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const { caPem, certificatePem, keyPem, token } = settings.credentials
  const client = createHttpClient({
    url: settings.apiUrl,
    userAgent: `quarterdeck-agent/${settings.nodeName}`,
    ...(caPem === undefined ? {} : { caPem }),
    ...(certificatePem === undefined ? {} : { certificatePem }),
    ...(keyPem === undefined ? {} : { keyPem }),
    ...(token === undefined ? {} : { token }),
  })
  const { signal } = stop
  await Promise.all([
    settings.runsNode ? runNode({ settings, client, log, signal }) : undefined,
    settings.nodesSimulated > 0 ? startSimulatedNodes({ client, count: settings.nodesSimulated, log, signal }).stopped : undefined,
  ])
  await client.close()
}

try {
  const settings = readSettings(process.argv.slice(2), process.env)
  if (!settings) console.log(usage)
  else if (settings.teardown) await teardownNode(settings, log)
  else await run(settings)
  // What the engine is still doing for a pod goes on without us.
  process.exit()
} catch (error) {
  console.error(`agent: ${(error as Error).message}`)
  process.exit(1)
}
