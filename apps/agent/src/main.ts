import { createHttpClient } from '@quarterdeck/client'
import { createLogger } from '@quarterdeck/controller-runtime'
import { runProcess } from '@quarterdeck/process'
import { startSimulatedNodes } from '@quarterdeck/sim-runtime'

import { runNode, teardownNode } from './node.ts'
import { type AgentSettings, readSettings, usage } from './settings.ts'

const log = createLogger('agent')

runProcess('agent', async (signal) => {
  const settings = await readSettings(process.argv.slice(2), process.env)
  if (!settings) return console.log(usage)
  if (settings.teardown) return teardownNode(settings, log)
  await run(settings, signal)
})

async function run(settings: AgentSettings, signal: AbortSignal): Promise<void> {
  const { caPem, certificatePem, keyPem, token } = settings.credentials
  const client = createHttpClient({
    url: settings.apiUrl,
    userAgent: `quarterdeck-agent/${settings.nodeName}`,
    ...(caPem === undefined ? {} : { caPem }),
    ...(certificatePem === undefined ? {} : { certificatePem }),
    ...(keyPem === undefined ? {} : { keyPem }),
    ...(token === undefined ? {} : { token }),
  })
  await Promise.all([
    settings.runsNode ? runNode({ settings, client, log, signal }) : undefined,
    settings.nodesSimulated > 0 ? startSimulatedNodes({ client, count: settings.nodesSimulated, log, signal }).stopped : undefined,
  ])
  await client.close()
}
