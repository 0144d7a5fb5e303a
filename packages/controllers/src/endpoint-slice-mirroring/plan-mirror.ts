import { isIPv6 } from 'node:net'

import type { Endpoints, EndpointSlice, V1Endpoint, V1EndpointAddress, V1EndpointSubset } from '@quarterdeck/api'

import { planSlices, portsId, type EndpointSlicePlan, type SliceContent } from '../endpoint-slice/plan-slices.ts'

/** Most addresses of a subset that are mirrored, and most endpoints of one slice. */
export const mostMirrored = 1000

export interface MirrorPlan {
  /** By type of address: a slice has one. */
  byType: Map<'IPv4' | 'IPv6', EndpointSlicePlan>
  /** Addresses left out: there were too many. */
  skipped: number
}

/** The slices that say what Endpoints say which a user keeps: of addresses of each family, ready ones and others. No I/O. */
export function planMirror({ subsets = [] }: Endpoints, slices: readonly EndpointSlice[]): MirrorPlan {
  const groups = { IPv4: new Map<string, SliceContent>(), IPv6: new Map<string, SliceContent>() }
  let skipped = 0
  for (const subset of subsets) {
    const all = endpointsOf(subset)
    skipped += Math.max(0, all.length - mostMirrored)
    for (const endpoint of all.slice(0, mostMirrored)) contentFor(groups[typeOf(endpoint)], subset).endpoints.push(endpoint)
  }
  const types = ['IPv4', 'IPv6'] as const
  const byType = new Map(
    types.map((type) => {
      const own = slices.filter(({ addressType }) => addressType === type)
      return [type, planSlices(groups[type], own, mostMirrored)]
    }),
  )
  return { byType, skipped }
}

const typeOf = ({ addresses }: V1Endpoint): 'IPv4' | 'IPv6' => (isIPv6(addresses[0] ?? '') ? 'IPv6' : 'IPv4')

function contentFor(groups: Map<string, SliceContent>, { ports = [] }: V1EndpointSubset): SliceContent {
  const slicePorts = ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
    name,
    port,
    protocol,
    ...(appProtocol ? { appProtocol } : {}),
  }))
  const id = portsId(slicePorts)
  let content = groups.get(id)
  if (!content) groups.set(id, (content = { endpoints: [], ports: slicePorts }))
  return content
}

function endpointsOf({ addresses = [], notReadyAddresses = [] }: V1EndpointSubset): V1Endpoint[] {
  return [...addresses.map((address) => endpointOf(address, true)), ...notReadyAddresses.map((address) => endpointOf(address, false))]
}

function endpointOf({ ip, hostname, nodeName, targetRef }: V1EndpointAddress, ready: boolean): V1Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef ? { targetRef } : {}),
  }
}
