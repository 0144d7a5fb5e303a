import type { EndpointSlice, Node, Service } from '@quarterdeck/api'
import { backoffMs, createLogger, type Informer, type Logger, realClock, sleep } from '@quarterdeck/controller-runtime'

import { acceptForwarded, enableForwarding, stopAcceptingForwarded } from './forwarding.ts'
import { deleteTable, isChainLoaded, loadRules } from './nft.ts'
import { markChain, planRuleset, type ProxyNode } from './plan-ruleset.ts'
import { renderChange, renderRuleset, type Ruleset } from './ruleset.ts'
import { endStaleFlows, localAddresses, udpTargetsOf } from './udp-flows.ts'

export interface ProxyOptions {
  services: Informer<Service>
  endpointSlices: Informer<EndpointSlice>
  nodeName: string
  /** Name of the nftables table; letters, digits and `_`. */
  table: string
  /** The bridge of this node's pods. */
  bridge: string
  /** This node: its pods' subnet, its zone. */
  nodes: Informer<Node>
  servedHere: readonly string[]
  log?: Logger
  signal: AbortSignal
}

const zoneLabel = 'topology.kubernetes.io/zone'
/** Changes of this time are loaded together; where there are so many rules that a load takes longer, those of four times as long. */
const coalesceMs = 100
/** Between two looks whether the rules are still there. */
const checkEveryMs = 60_000
const retry = { baseMs: 500, maxMs: 30_000 }

/** Keeps the kernel's rules equal to the services until the signal aborts; the rules stay, and services stay reachable. */
export async function runProxy(options: ProxyOptions): Promise<void> {
  const { services, endpointSlices, signal, log = createLogger('proxy') } = options
  await Promise.all([services.synced(), endpointSlices.synced()])
  if (signal.aborted) return
  let wake = Promise.withResolvers<void>()
  for (const informer of [services, endpointSlices, options.nodes]) informer.onChange(() => wake.resolve())
  const forwarding = await enableForwarding()
  let loaded: Ruleset | undefined
  let failures = 0
  let checkAtMs = Date.now() + checkEveryMs
  while (!signal.aborted) {
    wake = Promise.withResolvers()
    try {
      await acceptForwarded(options.bridge)
      // Where the rules are gone in between, a change of them fails, and they are made anew.
      if (loaded && checkAtMs <= Date.now()) {
        if (!(await isChainLoaded(options.table, markChain))) loaded = undefined
        checkAtMs = Date.now() + checkEveryMs
      }
      const before = loaded
      const beganAtMs = Date.now()
      loaded = await load(options, forwarding, loaded)
      if (loaded !== before) await endFlows(options, log)
      failures = 0
      const tookMs = Date.now() - beganAtMs
      await Promise.race([sleep(realClock, checkEveryMs, signal), wake.promise])
      await sleep(realClock, Math.max(coalesceMs, 4 * tookMs), signal)
    } catch (error) {
      log.error('the service rules could not be loaded and will be tried again', { error })
      loaded = undefined // what is there now is not known: the next load makes the table anew
      await sleep(realClock, backoffMs(failures++, retry), signal)
    }
  }
}

async function load(
  options: ProxyOptions,
  { bridgeNetfilter }: { bridgeNetfilter: boolean },
  loaded: Ruleset | undefined,
): Promise<Ruleset> {
  const own = options.nodes.get(options.nodeName)
  const node: ProxyNode = {
    table: options.table,
    nodeName: options.nodeName,
    zone: own?.metadata.labels?.[zoneLabel],
    podCidr: own?.spec.podCIDR,
    servedHere: options.servedHere,
    bridgeNetfilter,
  }
  const ruleset = planRuleset(options.services.list(), options.endpointSlices.list(), node)
  const text = loaded ? renderChange(ruleset, loaded) : renderRuleset(ruleset)
  if (text === '') return loaded ?? ruleset
  await loadRules(text)
  return ruleset
}

/** The rules say where new flows go; those under way are ended here if they go elsewhere. */
async function endFlows({ services, endpointSlices, nodeName }: ProxyOptions, log: Logger): Promise<void> {
  const targets = udpTargetsOf(services.list(), endpointSlices.list(), { name: nodeName, addresses: localAddresses() })
  await endStaleFlows(targets).catch((error: unknown) => log.warn('UDP flows to endpoints that are gone could not be ended', { error }))
}

/** Takes away every rule of ours. */
export async function teardownProxy(options: { table: string; bridge: string }): Promise<void> {
  await deleteTable(options.table)
  await stopAcceptingForwarded(options.bridge)
}
