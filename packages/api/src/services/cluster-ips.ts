import { isIPv6 } from 'node:net'

import type { IPAddress } from '../kinds/ip-address.ts'
import { services, type Service } from '../kinds/service.ts'

/** A Service, by name. */
export interface AddressHolder {
  namespace: string
  name: string
}

const managedBy = 'ipaddress.kubernetes.io/managed-by'
const allocator = 'ipallocator.k8s.io'

/** The addresses that a Service holds. */
export function clusterIpsOf({ spec }: Service): string[] {
  if (spec.type === 'ExternalName') return []
  return (spec.clusterIPs ?? []).filter((ip) => ip !== 'None' && ip !== '')
}

/** What is to be said of an address that a Service holds. */
export function addressOfService(ip: string, { namespace, name }: AddressHolder) {
  return {
    metadata: { name: ip, labels: { 'ipaddress.kubernetes.io/ip-family': isIPv6(ip) ? 'IPv6' : 'IPv4', [managedBy]: allocator } },
    spec: { parentRef: { group: '', resource: services.plural, namespace, name } },
  }
}

/** The Service that an address is for; undefined if it is for something else. */
export function holderOf({ spec }: IPAddress): AddressHolder | undefined {
  const { group, resource, namespace = '', name } = spec.parentRef
  return !group && resource === services.plural ? { namespace, name } : undefined
}

/** Whether the address was taken for a Service by the server, and not by somebody for a purpose of their own. */
export const isAllocated = ({ metadata }: IPAddress): boolean => metadata.labels?.[managedBy] === allocator
