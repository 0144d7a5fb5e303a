import { hostname, networkInterfaces } from 'node:os'

/** IPv4 addresses of this machine that others can reach, in the order of its interfaces. */
export function reachableAddresses(): string[] {
  return Object.entries(networkInterfaces())
    .filter(([name]) => !/^(docker|br-|veth|quarterdeck|cni|flannel)/.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter((a) => a.family === 'IPv4' && !a.internal)
    .map((a) => a.address)
}

/** Everything the serving certificate must be good for. */
export function servingHosts(serviceCidr: string, further: readonly string[]): string[] {
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local']
  return [
    ...new Set(['localhost', '127.0.0.1', '::1', hostname(), ...reachableAddresses(), firstAddressOf(serviceCidr), ...service, ...further]),
  ]
}

/** The first address of a network: what the `kubernetes` Service has. */
export function firstAddressOf(cidr: string): string {
  const [network = ''] = cidr.split('/')
  const octets = network.split('.').map(Number)
  return [...octets.slice(0, 3), (octets[3] ?? 0) + 1].join('.')
}
