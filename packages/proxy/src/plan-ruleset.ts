import { createHash } from 'node:crypto'

import type { EndpointSlice, Service, V1ServicePort } from '@quarterdeck/api'

import type { Ruleset } from './ruleset.ts'
import { endpointsOf, isProxied, nearestOf, type ServiceEndpoint, serviceKeyOf } from './service-endpoints.ts'

export interface ProxyNode {
  /** Name of the nftables table. */
  table: string
  nodeName: string
  /** Its label topology.kubernetes.io/zone. */
  zone: string | undefined
  /** Subnet of this node's pods; undefined until it is known. */
  podCidr: string | undefined
  /** Addresses that are served on this node itself and must not be taken over: the cluster DNS. */
  servedHere: readonly string[]
  /** False where bridged packets by-pass the firewall: answers between pods of one bridge then need to come back through it. */
  bridgeNetfilter: boolean
}

/** Bit of the packet mark that asks for masquerading, as kube-proxy's. */
const masqueradeMark = '0x4000'
/** In every table. */
export const markChain = 'mark_for_masquerade'
const defaultAffinitySeconds = 10_800

/** The rules that make the services reachable from this node. No I/O: a table of cases tests it. */
export function planRuleset(services: readonly Service[], slices: readonly EndpointSlice[], node: ProxyNode): Ruleset {
  const ruleset = emptyRuleset(node)
  const slicesOf = Map.groupBy(slices, serviceKeyOf)
  for (const service of services.toSorted(byName)) {
    if (!isProxied(service) || node.servedHere.includes(service.spec.clusterIP ?? '')) continue
    const own = slicesOf.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? []
    for (const port of service.spec.ports ?? []) addServicePort({ ruleset, node, service, port }, endpointsOf(port, own, node.nodeName))
  }
  return ruleset
}

const byName = (a: Service, b: Service): number =>
  `${a.metadata.namespace}/${a.metadata.name}` < `${b.metadata.namespace}/${b.metadata.name}` ? -1 : 1

function emptyRuleset({ table }: ProxyNode): Ruleset {
  const address = 'ipv4_addr . inet_proto . inet_service : verdict'
  const port = 'inet_proto . inet_service : verdict'
  const toAddress = (map: string) => `ip daddr . meta l4proto . th dport vmap @${map}`
  const toPort = (map: string) => `fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @${map}`
  const hook = (type: string, point: string, priority: number) => `type ${type} hook ${point} priority ${priority}; policy accept`
  return {
    table,
    maps: new Map([
      ['service_ips', { type: address, elements: [] }],
      ['service_nodeports', { type: port, elements: [] }],
      ['no_endpoint_ips', { type: address, elements: [] }],
      ['no_endpoint_nodeports', { type: port, elements: [] }],
    ]),
    dynamicSets: new Map(),
    chains: new Map<string, { hook?: string; rules: string[] }>([
      [markChain, { rules: [`meta mark set mark or ${masqueradeMark}`] }],
      ['reject_service', { rules: ['meta l4proto tcp reject with tcp reset', 'reject'] }],
      ['drop_service', { rules: ['drop'] }],
      ['services', { rules: [toAddress('service_ips'), toPort('service_nodeports')] }],
      ['no_endpoints', { rules: [toAddress('no_endpoint_ips'), toPort('no_endpoint_nodeports')] }],
      ['nat_prerouting', { hook: hook('nat', 'prerouting', -100), rules: ['jump services'] }],
      ['nat_output', { hook: hook('nat', 'output', -100), rules: ['jump services'] }],
      [
        'nat_postrouting',
        {
          hook: hook('nat', 'postrouting', 100),
          rules: [`meta mark & ${masqueradeMark} == 0 return`, `meta mark set mark xor ${masqueradeMark}`, 'masquerade fully-random'],
        },
      ],
      ['filter_input', { hook: hook('filter', 'input', -110), rules: ['ct state new jump no_endpoints'] }],
      ['filter_forward', { hook: hook('filter', 'forward', -110), rules: ['ct state new jump no_endpoints'] }],
      ['filter_output', { hook: hook('filter', 'output', -110), rules: ['ct state new jump no_endpoints'] }],
    ]),
  }
}

interface PortContext {
  ruleset: Ruleset
  node: ProxyNode
  service: Service
  port: V1ServicePort
}

function addServicePort(context: PortContext, all: readonly ServiceEndpoint[]): void {
  const { service, port } = context
  const { spec } = service
  const protocol = (port.protocol ?? 'TCP').toLowerCase()
  const endpoints = nearestOf(all, context.node)
  const local = all.filter((endpoint) => endpoint.isLocal)
  const inside = spec.internalTrafficPolicy === 'Local' ? local : endpoints
  const clusterTarget = `${spec.clusterIP} . ${protocol} . ${port.port}`
  const external = externalTargetsOf(service, port, protocol)

  if (inside.length > 0) mapTo(context, 'service_ips', clusterTarget, addBalancer(context, 'service', inside))
  else mapTo(context, 'no_endpoint_ips', clusterTarget, endpoints.length > 0 ? 'drop_service' : 'reject_service')

  if (external.length === 0) return
  if (endpoints.length === 0)
    for (const { map, target } of external)
      mapTo(context, map === 'service_ips' ? 'no_endpoint_ips' : 'no_endpoint_nodeports', target, 'reject_service')
  else {
    const chain = addExternal(context, { endpoints, local })
    for (const { map, target, isBalancer } of external) mapTo(context, map, target, isBalancer ? addFirewall(context, chain) : chain)
  }
}

interface ExternalTarget {
  map: 'service_ips' | 'service_nodeports'
  target: string
  /** The address of a load balancer. */
  isBalancer: boolean
}

const balancerAddressesOf = ({ status }: Service): string[] =>
  (status.loadBalancer?.ingress ?? []).flatMap((ingress) => (ingress.ip && ingress.ipMode !== 'Proxy' ? [ingress.ip] : []))

/** Addresses besides the cluster IP that a service answers on. */
export function externalAddressesOf(service: Service): string[] {
  const ips = new Set([...(service.spec.externalIPs ?? []), ...balancerAddressesOf(service)])
  ips.delete(service.spec.clusterIP ?? '')
  return [...ips]
}

function externalTargetsOf(service: Service, port: V1ServicePort, protocol: string): ExternalTarget[] {
  const balancers = balancerAddressesOf(service)
  return [
    ...externalAddressesOf(service).map((ip): ExternalTarget => ({
      map: 'service_ips',
      target: `${ip} . ${protocol} . ${port.port}`,
      isBalancer: balancers.includes(ip),
    })),
    ...(port.nodePort ? [{ map: 'service_nodeports', target: `${protocol} . ${port.nodePort}`, isBalancer: false } as const] : []),
  ]
}

/** The chain that lets only the source ranges of a load balancer on to another; that other where there are none. */
function addFirewall(context: PortContext, chain: string): string {
  const ranges = (context.service.spec.loadBalancerSourceRanges ?? []).map((range) => range.trim())
  if (ranges.length === 0) return chain
  const name = chainName(context, 'firewall')
  context.ruleset.chains.set(name, { rules: [`ip saddr { ${ranges.join(', ')} } goto ${chain}`, 'drop'] })
  return name
}

/** Two services may claim one address: the first keeps it. */
function mapTo({ ruleset }: PortContext, map: string, target: string, chain: string): void {
  const elements = ruleset.maps.get(map)?.elements
  if (elements && !elements.some((element) => element.startsWith(`${target} :`))) elements.push(`${target} : goto ${chain}`)
}

/** The chain for what comes from outside the cluster: masqueraded, or kept on this node with its source address. */
function addExternal(
  context: PortContext,
  { endpoints, local }: { endpoints: readonly ServiceEndpoint[]; local: readonly ServiceEndpoint[] },
): string {
  const { ruleset, node, service } = context
  const name = chainName(context, 'external')
  const everywhere = () => addBalancer(context, 'service_all', endpoints)
  if (service.spec.externalTrafficPolicy !== 'Local') {
    ruleset.chains.set(name, { rules: [`jump ${markChain}`, `goto ${everywhere()}`] })
    return name
  }
  const rules = [
    ...(node.podCidr ? [`ip saddr ${node.podCidr} goto ${everywhere()}`] : []),
    `fib saddr type local jump ${markChain}`,
    `fib saddr type local goto ${everywhere()}`,
    local.length > 0 ? `goto ${addBalancer(context, 'service_local', local)}` : 'drop',
  ]
  ruleset.chains.set(name, { rules })
  return name
}

/** A chain that sends each connection to one of the endpoints, by chance or by where its client went before. */
function addBalancer(context: PortContext, kind: string, endpoints: readonly ServiceEndpoint[]): string {
  const { ruleset, node, service } = context
  const name = chainName(context, kind)
  if (ruleset.chains.has(name)) return name
  const targets = endpoints.map((endpoint) => addEndpoint(context, endpoint))
  const rules: string[] = []
  // Whoever is no pod has to be answered through this node. Pods keep their own address.
  if (node.podCidr && kind === 'service') rules.push(`ip saddr != ${node.podCidr} jump ${markChain}`)
  if (service.spec.sessionAffinity === 'ClientIP')
    for (const target of targets) rules.push(`ip saddr @${affinitySetOf(target)} goto ${target}`)
  const choices = targets.map((target, i) => `${i} : goto ${target}`)
  rules.push(choices.length === 1 ? `goto ${targets[0]}` : `numgen random mod ${choices.length} vmap { ${choices.join(', ')} }`)
  ruleset.chains.set(name, { rules })
  return name
}

function addEndpoint(context: PortContext, endpoint: ServiceEndpoint): string {
  const { ruleset, node, service, port } = context
  const name = chainName(context, 'endpoint', `${endpoint.ip}/${endpoint.port}`)
  if (ruleset.chains.has(name)) return name
  const protocol = (port.protocol ?? 'TCP').toLowerCase()
  // A pod that reaches itself must see another source than itself.
  const rules = [`ip saddr ${endpoint.ip} jump ${markChain}`]
  if (!node.bridgeNetfilter && endpoint.isLocal && node.podCidr) rules.push(`ip saddr ${node.podCidr} jump ${markChain}`)
  if (service.spec.sessionAffinity === 'ClientIP') {
    const set = affinitySetOf(name)
    ruleset.dynamicSets.set(set, { timeoutSeconds: service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds })
    rules.push(`update @${set} { ip saddr }`)
  }
  rules.push(`meta l4proto ${protocol} dnat to ${endpoint.ip}:${endpoint.port}`)
  ruleset.chains.set(name, { rules })
  return name
}

const affinitySetOf = (endpointChain: string): string => endpointChain.replace(/^endpoint/, 'affinity')

/** Readable, and made unique by a hash: nftables takes names of letters, digits and `_/.-`, up to 128. */
function chainName({ service, port }: PortContext, kind: string, suffix = ''): string {
  const protocol = (port.protocol ?? 'TCP').toLowerCase()
  const full = `${service.metadata.namespace}/${service.metadata.name}/${protocol}/${port.name || port.port}${suffix ? `/${suffix}` : ''}`
  const hash = createHash('sha256').update(full).digest('hex').slice(0, 10)
  return `${kind}-${hash}-${full.slice(0, 90)}`
}
