import { isDeepStrictEqual } from 'node:util'

import type { DiscoveryV1EndpointPort, EndpointSlice, Pod, Service, V1Endpoint } from '@quarterdeck/api'
import { withoutUndefined } from '@quarterdeck/controller-runtime'

import { isReady, isTerminating } from '../pods/pod-state.ts'
import { resolvePort } from '../services/resolve-port.ts'
import { hostnameOf, isHeadless, reachablePods } from '../services/selected-pods.ts'

/** Most endpoints of one slice. */
export const mostEndpoints = 100

export interface SliceContent {
  endpoints: V1Endpoint[]
  ports: DiscoveryV1EndpointPort[]
}

export interface EndpointSlicePlan {
  create: SliceContent[]
  update: { slice: EndpointSlice; content: SliceContent }[]
  delete: EndpointSlice[]
  /** Slices that already say what they should. */
  keep: EndpointSlice[]
}

export interface EndpointSliceInput {
  service: Service
  pods: readonly Pod[]
  /** Those of this Service that this controller manages. */
  slices: readonly EndpointSlice[]
  zoneOf: (nodeName: string) => string | undefined
}

/**
 * Which slices must change so that together they hold exactly the endpoints of the Service, with as few writes as can be: an
 * endpoint stays in its slice, new ones fill slices that change anyway, then those with room, then new slices. No I/O.
 */
export function planEndpointSlices(input: EndpointSliceInput): EndpointSlicePlan {
  const plan: EndpointSlicePlan = { create: [], update: [], delete: [], keep: [] }
  const groups = groupByPorts(input)
  const slicesOfGroup = Map.groupBy(input.slices, (slice) => portsId(slice.ports ?? []))
  for (const [id, slices] of slicesOfGroup) if (!groups.has(id)) plan.delete.push(...slices)
  for (const [id, group] of groups) planGroup(group, slicesOfGroup.get(id) ?? [], plan)
  keepOne(plan)
  return plan
}

function groupByPorts({ service, pods, zoneOf }: EndpointSliceInput): Map<string, SliceContent> {
  const groups = new Map<string, SliceContent>()
  for (const pod of reachablePods(service, pods, { terminating: true })) {
    const ports = portsOf(service, pod)
    if (ports.length === 0 && !isHeadless(service)) continue
    const id = portsId(ports)
    let group = groups.get(id)
    if (!group) groups.set(id, (group = { endpoints: [], ports }))
    group.endpoints.push(endpointOf(service, pod, zoneOf))
  }
  return groups
}

function portsOf(service: Service, pod: Pod): DiscoveryV1EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((servicePort): DiscoveryV1EndpointPort[] => {
    const port = resolvePort(pod, servicePort)
    if (port === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    return [withoutUndefined({ appProtocol, name, port, protocol }) as DiscoveryV1EndpointPort]
  })
}

const portsId = (ports: readonly DiscoveryV1EndpointPort[]): string =>
  ports.map(({ name = '', protocol = 'TCP', port, appProtocol = '' }) => `${name}/${protocol}/${port}/${appProtocol}`).join()

function endpointOf(service: Service, pod: Pod, zoneOf: EndpointSliceInput['zoneOf']): V1Endpoint {
  const serving = isReady(pod)
  const terminating = isTerminating(pod)
  const { name, namespace, uid } = pod.metadata
  const hostname = hostnameOf(service, pod)
  const zone = pod.spec.nodeName ? zoneOf(pod.spec.nodeName) : undefined
  return {
    addresses: [pod.status.podIP ?? ''],
    conditions: { ready: (service.spec.publishNotReadyAddresses ?? false) || (serving && !terminating), serving, terminating },
    ...(hostname ? { hostname } : {}),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(zone ? { zone } : {}),
  }
}

interface Draft {
  slice: EndpointSlice
  endpoints: V1Endpoint[]
  isChanged: boolean
}

function planGroup({ endpoints, ports }: SliceContent, slices: readonly EndpointSlice[], plan: EndpointSlicePlan): void {
  const missing = new Map(endpoints.map((endpoint) => [idOf(endpoint), endpoint]))
  const drafts = slices.map((slice): Draft => {
    const kept = (slice.endpoints ?? []).flatMap((endpoint) => {
      const wanted = missing.get(idOf(endpoint))
      missing.delete(idOf(endpoint))
      return wanted ? [wanted] : []
    })
    return { slice, endpoints: kept, isChanged: !isDeepStrictEqual(slice.endpoints ?? [], kept) }
  })

  const left = [...missing.values()]
  const byRoom = drafts.toSorted((a, b) => Number(b.isChanged) - Number(a.isChanged) || b.endpoints.length - a.endpoints.length)
  for (const draft of byRoom) {
    const added = left.splice(0, mostEndpoints - draft.endpoints.length)
    if (added.length === 0) continue
    draft.endpoints.push(...added)
    draft.isChanged = true
  }
  while (left.length > 0) plan.create.push({ endpoints: left.splice(0, mostEndpoints), ports })

  for (const draft of drafts) {
    if (draft.endpoints.length === 0) plan.delete.push(draft.slice)
    else if (draft.isChanged) plan.update.push({ slice: draft.slice, content: { endpoints: draft.endpoints, ports } })
    else plan.keep.push(draft.slice)
  }
}

/** An endpoint is that of a Pod at an address. */
const idOf = (endpoint: V1Endpoint): string => `${endpoint.targetRef?.uid ?? ''} ${endpoint.addresses[0] ?? ''}`

/** A Service without endpoints keeps one empty slice, so that its readers can tell it from one not yet looked at. */
function keepOne(plan: EndpointSlicePlan): void {
  if (plan.create.length + plan.update.length + plan.keep.length > 0) return
  const empty = { endpoints: [], ports: [] }
  const slice = plan.delete.shift()
  if (!slice) plan.create.push(empty)
  else if ((slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0) plan.keep.push(slice)
  else plan.update.push({ slice, content: empty })
}
