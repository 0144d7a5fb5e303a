import { readFile } from 'node:fs/promises'

import { endpointSlices, nodes, services } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'
import { backoffMs, createInformer, type Logger, realClock, sleep } from '@quarterdeck/controller-runtime'
import { startDnsServer } from '@quarterdeck/dns'
import { bridgeNameOf, connectEngine, createDockerRuntime, ensureExampleImage, exampleImage } from '@quarterdeck/docker-runtime'
import { hostAddresses, removePodFolders, startKubelet } from '@quarterdeck/kubelet'
import { announceAddresses, removeInterface, runProxy, serveHealthChecks, teardownProxy } from '@quarterdeck/proxy'
import { connectTunnel } from '@quarterdeck/tunnel'

import { ensureDnsAddress, removeDnsAddress } from './dns-address.ts'
import type { AgentSettings } from './settings.ts'

/** At most 15 characters, as the kernel takes them. */
const balancerInterfaceOf = (agentId: string): string => `qdl${agentId}`
const tableOf = (agentId: string): string => `quarterdeck_${agentId}`

export interface NodeOptions {
  settings: AgentSettings
  client: Client
  log: Logger
  signal: AbortSignal
}

/** Runs this machine as a node until the signal aborts. Its pods, and the way to their services, stay. */
export async function runNode(options: NodeOptions): Promise<void> {
  const { settings, client, log, signal } = options
  const { nodeName, agentId } = settings
  const runtime = await again(options, 'connecting to the Docker Engine', () =>
    createDockerRuntime({ agentId, socketPath: settings.dockerSocket }),
  )
  if (!runtime) return
  void offerExampleImage(options)
  const informerOptions = { signal, log }
  const serviceInformer = createInformer(client, services, informerOptions)
  const sliceInformer = createInformer(client, endpointSlices, informerOptions)
  const nodeInformer = createInformer(client, nodes, { ...informerOptions, fieldSelector: `metadata.name=${nodeName}` })
  const kubelet = await again(options, 'starting the kubelet', () =>
    startKubelet({
      client,
      runtime,
      nodeName,
      dataDir: settings.dataDir,
      services: serviceInformer,
      labels: settings.labels,
      clusterDns: { address: settings.runsDns ? settings.clusterDns : undefined, domain: settings.clusterDomain },
      log,
      signal,
    }),
  )
  if (!kubelet) return
  const { credentials } = settings
  const tunnel = connectTunnel({
    url: settings.tunnelUrl,
    handler: kubelet.handler,
    headers: (): Record<string, string> => (credentials.token ? { authorization: `Bearer ${credentials.token()}` } : {}),
    ...(credentials.caPem === undefined ? {} : { ca: credentials.caPem }),
    ...(credentials.certificatePem === undefined ? {} : { cert: credentials.certificatePem }),
    ...(credentials.keyPem === undefined ? {} : { key: credentials.keyPem }),
    onState: (state) => (state.connected ? log.info('the tunnel is open') : log.warn('the tunnel is closed', { error: state.error })),
    signal,
  })
  const proxy = settings.runsProxy
    ? runProxy({
        services: serviceInformer,
        endpointSlices: sliceInformer,
        nodeName,
        table: tableOf(agentId),
        bridge: bridgeNameOf(agentId),
        nodes: nodeInformer,
        servedHere: settings.runsDns ? [settings.clusterDns] : [],
        log,
        signal,
      })
    : undefined
  const announcer = settings.runsProxy
    ? announceAddresses({
        services: serviceInformer,
        nodeName,
        interfaceName: balancerInterfaceOf(agentId),
        isCutOff: () => kubelet.isCutOff(),
        log,
        signal,
      })
    : undefined
  const healthChecks = settings.runsProxy
    ? serveHealthChecks({ services: serviceInformer, endpointSlices: sliceInformer, nodeName, log, signal })
    : undefined
  const dns = settings.runsDns
    ? again(options, 'starting the cluster DNS', async () => {
        await ensureDnsAddress({
          agentId,
          address: settings.clusterDns,
          serviceCidr: settings.serviceCidr,
          hostIp: hostAddresses()[0] ?? '127.0.0.1',
        })
        await startDnsServer({
          services: serviceInformer,
          endpointSlices: sliceInformer,
          address: settings.clusterDns,
          domain: settings.clusterDomain,
          upstreams: await upstreamServers(),
          log,
          signal,
        })
      })
    : undefined
  void kubelet.started.then(() => signal.aborted || log.info('the node is registered', { nodeName }))
  await Promise.all([kubelet.stopped, tunnel, proxy, announcer, healthChecks, dns])
}

/** Removes from this machine what belongs to this node. What fails is told, and does not keep the rest. */
export async function teardownNode(settings: AgentSettings, log: Logger): Promise<void> {
  const { agentId, dataDir, dockerSocket } = settings
  const steps: [string, () => Promise<void>][] = [
    ['containers and network', async () => (await createDockerRuntime({ agentId, socketPath: dockerSocket })).teardown()],
    ['service rules', () => teardownProxy({ table: tableOf(agentId), bridge: bridgeNameOf(agentId) })],
    ['addresses of load balancers', () => removeInterface(balancerInterfaceOf(agentId))],
    ['the DNS address', () => removeDnsAddress(agentId)],
    ['volumes of pods', () => removePodFolders(dataDir)],
  ]
  for (const [what, remove] of steps) {
    try {
      await remove()
      log.info(`removed ${what}`)
    } catch (error) {
      process.exitCode = 1
      log.error(`could not remove ${what}`, { error })
    }
  }
}

/** Tries until it succeeds; undefined once the signal aborts. */
async function again<T>({ log, signal }: NodeOptions, doing: string, work: () => Promise<T>): Promise<T | undefined> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      return await work()
    } catch (error) {
      log.error(`${doing} failed and will be tried again`, { error })
      await sleep(realClock, backoffMs(failures, { baseMs: 500, maxMs: 10_000 }), signal)
    }
  }
  return undefined
}

async function offerExampleImage({ settings, log }: NodeOptions): Promise<void> {
  try {
    const result = await ensureExampleImage(connectEngine(settings.dockerSocket))
    if (typeof result !== 'string') log.warn(`the example image ${exampleImage} is not available: ${result.unavailable}`)
  } catch (error) {
    log.warn(`the example image ${exampleImage} could not be made`, { error })
  }
}

async function upstreamServers(): Promise<string[]> {
  const text = await readFile('/etc/resolv.conf', 'utf8').catch(() => '')
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].flatMap(([, server]) => (server === undefined ? [] : [server]))
}
