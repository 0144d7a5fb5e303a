import { networkInterfaces } from 'node:os'

import type { EndpointSlice, Service } from '@quarterdeck/api'

import { runProgram } from './nft.ts'
import { externalAddressesOf } from './plan-ruleset.ts'
import { endpointsOf, isProxied, serviceKeyOf } from './service-endpoints.ts'

/** A UDP conversation as the kernel tracks it, `ip:port` each. */
export interface UdpFlow {
  source: string
  /** Where the client sends to. */
  destination: string
  /** Who answers: the endpoint that was chosen when the conversation began. */
  answering: string
}

/** By `ip:port` that clients send to, the endpoints that may answer. */
export type UdpTargets = ReadonlyMap<string, ReadonlySet<string>>

/** What UDP clients may send to on this node. Only this much of the services matters for flows. */
export function udpTargetsOf(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
  node: { name: string; addresses: readonly string[] },
): UdpTargets {
  const targets = new Map<string, Set<string>>()
  const slicesOf = Map.groupBy(slices, serviceKeyOf)
  for (const service of services) {
    const ports = isProxied(service) ? (service.spec.ports ?? []).filter((port) => port.protocol === 'UDP') : []
    const own = slicesOf.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? []
    for (const port of ports) {
      const endpoints = new Set(endpointsOf(port, own, node.name).map(({ ip, port: number }) => `${ip}:${number}`))
      for (const ip of [service.spec.clusterIP ?? '', ...externalAddressesOf(service)]) targets.set(`${ip}:${port.port}`, endpoints)
      if (port.nodePort) for (const ip of node.addresses) targets.set(`${ip}:${port.nodePort}`, endpoints)
    }
  }
  return targets
}

/** Flows to a service that are answered by what is no endpoint of it any more, or was none yet. */
export const staleFlows = (flows: readonly UdpFlow[], targets: UdpTargets): UdpFlow[] =>
  flows.filter(({ destination, answering }) => targets.get(destination)?.has(answering) === false)

/** As `conntrack -L` prints them: two directions a line. */
export function parseFlows(text: string): UdpFlow[] {
  const flow = /src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+).*?src=(\S+) dst=\S+ sport=(\d+) dport=\d+/
  return text.split('\n').flatMap((line) => {
    const [, source, destination, sourcePort, port, answering, answeringPort] = flow.exec(line) ?? []
    return source
      ? [{ source: `${source}:${sourcePort}`, destination: `${destination}:${port}`, answering: `${answering}:${answeringPort}` }]
      : []
  })
}

/**
 * Ends UDP flows that go where no endpoint is any more. The kernel keeps a flow with the endpoint chosen first as long as
 * packets come, and UDP has no end of its own: a client that never pauses would talk to a dead pod for ever.
 */
export async function endStaleFlows(targets: UdpTargets): Promise<number> {
  if (targets.size === 0) return 0
  const stale = staleFlows(parseFlows(await runProgram('conntrack', ['-L', '-f', 'ipv4', '-p', 'udp'])), targets)
  for (const { source, destination } of stale) {
    const [[fromIp, fromPort], [toIp, toPort]] = [source.split(':'), destination.split(':')]
    const selected = ['--orig-src', fromIp, '--orig-dst', toIp, '--orig-port-src', fromPort, '--orig-port-dst', toPort] as string[]
    // It may have ended by itself meanwhile.
    await runProgram('conntrack', ['-D', '-f', 'ipv4', '-p', 'udp', ...selected]).catch(() => {})
  }
  return stale.length
}

export const localAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((list) => (list ?? []).filter((a) => a.family === 'IPv4').map((a) => a.address))
