import type { CoreV1EndpointPort, Pod, Service, V1EndpointAddress, V1EndpointSubset } from '@quarterdeck/api'

import { isReady } from '../pods/pod-state.ts'
import { resolvePort } from '../services/resolve-port.ts'
import { hostnameOf, isHeadless, reachablePods } from '../services/selected-pods.ts'

/** Most addresses one Endpoints object holds; EndpointSlices hold them all. */
export const mostAddresses = 1000

export interface PlannedEndpoints {
  subsets: V1EndpointSubset[]
  isTruncated: boolean
}

/** The Endpoints of a Service that selects these Pods: one subset for each set of ports, addresses sorted. No I/O. */
export function planEndpoints(service: Service, selected: readonly Pod[]): PlannedEndpoints {
  const publishNotReady = service.spec.publishNotReadyAddresses ?? false
  const subsets = new Map<string, Required<V1EndpointSubset>>()
  for (const pod of reachablePods(selected, { terminating: publishNotReady })) {
    const ports = portsOf(service, pod)
    if (ports.length === 0 && !isHeadless(service)) continue
    const id = JSON.stringify(ports)
    let subset = subsets.get(id)
    if (!subset) subsets.set(id, (subset = { addresses: [], notReadyAddresses: [], ports }))
    const isListed = publishNotReady || isReady(pod)
    subset[isListed ? 'addresses' : 'notReadyAddresses']?.push(addressOf(service, pod))
  }
  return truncated([...subsets.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, subset]) => subset))
}

function portsOf(service: Service, pod: Pod): CoreV1EndpointPort[] {
  const ports = (service.spec.ports ?? []).flatMap((servicePort): CoreV1EndpointPort[] => {
    const port = resolvePort(pod, servicePort)
    if (port === undefined) return []
    const { name, protocol = 'TCP', appProtocol } = servicePort
    return [{ ...(name ? { name } : {}), port, protocol, ...(appProtocol ? { appProtocol } : {}) }]
  })
  return ports.toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
}

function addressOf(service: Service, pod: Pod): V1EndpointAddress {
  const hostname = hostnameOf(service, pod)
  const { name, namespace, uid } = pod.metadata
  return {
    ip: pod.status.podIP ?? '',
    ...(hostname ? { hostname } : {}),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
}

const byAddress = (a: V1EndpointAddress, b: V1EndpointAddress): number =>
  a.ip !== b.ip ? (a.ip < b.ip ? -1 : 1) : (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1

/** Ready addresses are kept before others. */
function truncated(subsets: readonly V1EndpointSubset[]): PlannedEndpoints {
  let readyRoom = mostAddresses
  const withReady = subsets.map((subset) => {
    const addresses = (subset.addresses ?? []).toSorted(byAddress).slice(0, readyRoom)
    readyRoom -= addresses.length
    return { ...subset, addresses }
  })
  let room = readyRoom
  const kept = withReady.map((subset) => {
    const notReadyAddresses = (subset.notReadyAddresses ?? []).toSorted(byAddress).slice(0, room)
    room -= notReadyAddresses.length
    return { ...subset, notReadyAddresses }
  })
  const countOf = (list: readonly V1EndpointSubset[]): number =>
    list.reduce((total, s) => total + (s.addresses?.length ?? 0) + (s.notReadyAddresses?.length ?? 0), 0)
  return {
    subsets: kept.map(withoutEmptyLists).filter((s) => s.addresses || s.notReadyAddresses),
    isTruncated: countOf(kept) < countOf(subsets),
  }
}

function withoutEmptyLists({ addresses, notReadyAddresses, ports }: V1EndpointSubset): V1EndpointSubset {
  return {
    ...(addresses?.length ? { addresses } : {}),
    ...(notReadyAddresses?.length ? { notReadyAddresses } : {}),
    ...(ports?.length ? { ports } : {}),
  }
}
