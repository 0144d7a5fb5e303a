import { hostname } from 'node:os'

import { machineAddresses } from '@quarterdeck/process'

/** Everything the serving certificate must be good for. */
export function servingHosts(serviceCidr: string, further: readonly string[]): string[] {
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local']
  return [
    ...new Set(['localhost', '127.0.0.1', '::1', hostname(), ...machineAddresses(), firstAddressOf(serviceCidr), ...service, ...further]),
  ]
}

/** The first address of a network: what the `kubernetes` Service has. */
export function firstAddressOf(cidr: string): string {
  const [network = ''] = cidr.split('/')
  const octets = network.split('.').map(Number)
  return [...octets.slice(0, 3), (octets[3] ?? 0) + 1].join('.')
}
