import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { SettingError } from '@quarterdeck/process'

import { agentArguments, startCluster, type Cluster } from './cluster.ts'
import { openDataDirectory } from './data-directory.ts'
import { ensureDockerEngine } from './docker-engine.ts'
import { forgetNodeName, nodeNameOf } from './node-name.ts'
import { helpText, parseOptions, type StartOptions } from './options.ts'
import { checkPort } from './ports.ts'
import { step } from './progress.ts'
import { canInstall, hasProgram, installPackages } from './system-packages.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const isPlain = error instanceof SettingError || (error as Error).name === 'AbortError'
    if ((error as Error).name !== 'AbortError')
      console.error(`quarterdeck: ${isPlain ? (error as Error).message : ((error as Error).stack ?? String(error))}`)
    process.exit(1)
  },
)

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), root)
  if (!options) {
    console.log(helpText)
    return
  }
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
  if (!options.isTeardown) {
    await checkPort(options.port, options.host, '--port')
    await checkPort(options.apiPort, '0.0.0.0', '--api-port')
  }
  const data = await openDataDirectory(options.dataDir)
  try {
    await ensureMachine(options)
    if (options.isTeardown) return await tearDown(options, data)
    const cluster = await startCluster({ options, data, root, signal: stopping.signal })
    await announce(cluster)
    await (stopping.signal.aborted ? undefined : once(stopping.signal, 'abort'))
    console.log('\nStopping. Pods keep running.')
    await cluster.stop()
  } finally {
    data.release()
  }
}

/** The programs that a node needs. Throws SettingError that says what to do. */
async function ensureMachine({ dataDir, mayInstall }: StartOptions): Promise<void> {
  const needed = { nft: 'nftables', ip: 'iproute2', conntrack: 'conntrack', arping: 'iputils-arping' }
  const missing = Object.entries(needed).flatMap(([program, name]) => (hasProgram(program) ? [] : [name]))
  if (missing.length > 0) {
    if (!mayInstall || !canInstall())
      throw new SettingError(`the packages ${missing.join(' and ')} are missing: install them, or run this as root`)
    await step(`Installing ${missing.join(' and ')}`, () => installPackages(missing))
  }
  await step('Checking for a Docker Engine', () => ensureDockerEngine({ dataDir, mayInstall, say: (line) => console.log(`\n  ${line}`) }))
}

async function announce({ dashboardUrl, kubeconfigFile, passwordFile }: Cluster): Promise<void> {
  const password = (await readFile(passwordFile, 'utf8')).trim()
  const kubeconfig = relative(process.cwd(), kubeconfigFile)
  console.log(`
  Quarterdeck is running.

  Dashboard   ${dashboardUrl}
  User        admin
  Password    ${password}
  kubectl     kubectl --kubeconfig ${kubeconfig.startsWith('..') ? kubeconfigFile : kubeconfig} get nodes

  Ctrl-C stops it; pods keep running.`)
}

/** Runs the agent once more, to take away what agents have made. */
async function tearDown(options: StartOptions, data: Awaited<ReturnType<typeof openDataDirectory>>): Promise<void> {
  const nodeName = nodeNameOf(data, options.nodeName)
  await step('Stopping the pods and removing what was made on this machine', async () => {
    const args = ['apps/agent/src/main.ts', ...agentArguments(data, nodeName), '--teardown']
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code !== 0) throw new SettingError('the agent could not remove everything: see above')
  })
  forgetNodeName(data)
}
