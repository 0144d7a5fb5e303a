import { BlockList, isIPv6 } from 'node:net'

import {
  clusterIpsOf,
  endpointSlices,
  holderOf,
  ipAddresses,
  serviceCidrs,
  services,
  type IPAddress,
  type Service,
  type ServiceCIDR,
} from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import { groupOf, itemOf, missingItem, type ObjectOfKind, type RelatedGroup, type RelationReader } from './relation.ts'

/** A Service and its addresses, an address and the Service that has it, a network and the addresses out of it. */
export async function addresses({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  switch (kind.resource) {
    case services.resource:
      return ofService(object as Service, reader)
    case ipAddresses.resource:
      return ofAddress(object as IPAddress, reader)
    case serviceCidrs.resource:
      return ofNetwork(object as ServiceCIDR, reader)
    case endpointSlices.resource:
      return ofSlice(object.metadata, reader)
    default:
      return []
  }
}

async function ofService(service: Service, reader: RelationReader): Promise<RelatedGroup[]> {
  const found = await Promise.all(clusterIpsOf(service).map((ip) => reader.get(ipAddresses, '', ip)))
  const members = found.filter((object) => object !== undefined).map((object) => ({ kind: ipAddresses, object }))
  return [groupOf('Its addresses', 'deleted', members)]
}

async function ofAddress(address: IPAddress, reader: RelationReader): Promise<RelatedGroup[]> {
  const holder = holderOf(address)
  const networks = (await reader.list(serviceCidrs)) as readonly ServiceCIDR[]
  const containing = networks.filter((network) => contains(network, address.metadata.name))
  return [
    ...(holder ? [await serviceGroup('Address of', holder, reader)] : []),
    groupOf(
      'Out of the network',
      'unaffected',
      containing.map((object) => ({ kind: serviceCidrs, object })),
    ),
  ]
}

async function ofNetwork(network: ServiceCIDR, reader: RelationReader): Promise<RelatedGroup[]> {
  const taken = (await reader.list(ipAddresses)).filter(({ metadata }) => contains(network, metadata.name))
  return [
    groupOf(
      'Addresses taken out of it',
      'unaffected',
      taken.map((object) => ({ kind: ipAddresses, object })),
    ),
  ]
}

const serviceNameLabel = 'kubernetes.io/service-name'

/** Slices of a Service that are owned by it are told of as such. */
async function ofSlice({ namespace, labels, ownerReferences }: KubeObject['metadata'], reader: RelationReader): Promise<RelatedGroup[]> {
  const name = labels?.[serviceNameLabel]
  const isOwned = ownerReferences?.some(({ kind }) => kind === services.kind)
  return name && !isOwned ? [await serviceGroup('Endpoints of', { namespace: namespace ?? '', name }, reader)] : []
}

async function serviceGroup(
  title: string,
  { namespace, name }: { namespace: string; name: string },
  reader: RelationReader,
): Promise<RelatedGroup> {
  const service = await reader.get(services, namespace, name)
  const item = service ? itemOf({ kind: services, object: service }) : missingItem(services, namespace, name)
  return { title, onDelete: 'unaffected', items: [item], total: 1 }
}

function contains({ spec }: ServiceCIDR, ip: string): boolean {
  const ranges = new BlockList()
  for (const cidr of spec.cidrs ?? []) {
    const [network = '', bits = ''] = cidr.split('/')
    ranges.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4')
  }
  return ranges.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4')
}
