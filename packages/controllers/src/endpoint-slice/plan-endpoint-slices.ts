import type { DiscoveryV1EndpointPort, EndpointSlice, Pod, Service, V1Endpoint, V1EndpointHints } from '@quarterdeck/api'
import { withoutUndefined } from '@quarterdeck/controller-runtime'

import { isReady, isTerminating } from '../pods/pod-state.ts'
import { resolvePort } from '../services/resolve-port.ts'
import { hostnameOf, isHeadless, reachablePods } from '../services/selected-pods.ts'
import { planSlices, portsId, type EndpointSlicePlan, type SliceContent } from './plan-slices.ts'
import { planZoneHints, type ZoneHints } from './plan-zone-hints.ts'
import type { ZoneShares } from './zone-shares.ts'

/** Most endpoints of one slice. */
export const mostEndpoints = 100

export interface EndpointSliceInput {
  service: Service
  /** Those that it selects. */
  pods: readonly Pod[]
  /** Those of this Service that this controller manages. */
  slices: readonly EndpointSlice[]
  zoneOf: (nodeName: string) => string | undefined
  /** Present if the Service asks for endpoints to be shared out over zones: its trafficDistribution is passed over then. */
  zoneShares?: ZoneShares | undefined
}

/** Which slices must change so that together they hold exactly the endpoints of the Service. No I/O. */
export function planEndpointSlices(input: EndpointSliceInput): EndpointSlicePlan & { zoneHints: ZoneHints | undefined } {
  const groups = groupByPorts(input)
  const zoneHints = input.zoneShares && giveZoneHints([...groups.values()], input.slices, input.zoneShares)
  const plan = planSlices(groups, input.slices, mostEndpoints)
  keepOne(plan)
  return { ...plan, zoneHints }
}

/** Hints every ready endpoint for a zone, or none. */
function giveZoneHints(groups: readonly SliceContent[], slices: readonly EndpointSlice[], shares: ZoneShares): ZoneHints {
  const idOf = ({ targetRef, addresses }: V1Endpoint): string => targetRef?.uid ?? addresses.join()
  const stored = slices.flatMap(({ endpoints = [] }) => endpoints)
  const hinted = new Map(stored.map((endpoint) => [idOf(endpoint), endpoint.hints?.forZones?.[0]?.name]))
  const ready = groups.flatMap(({ endpoints }) => endpoints).filter(({ conditions }) => conditions?.ready)
  const hints = planZoneHints(
    ready.map((endpoint) => ({ id: idOf(endpoint), zone: endpoint.zone, hinted: hinted.get(idOf(endpoint)) })),
    shares,
  )
  if ('refusal' in hints) return hints
  for (const endpoint of ready) endpoint.hints = { forZones: [{ name: hints.get(idOf(endpoint)) as string }] }
  return hints
}

function groupByPorts({ service, pods, zoneOf, zoneShares }: EndpointSliceInput): Map<string, SliceContent> {
  const groups = new Map<string, SliceContent>()
  for (const pod of reachablePods(pods, { terminating: true })) {
    const ports = portsOf(service, pod)
    if (ports.length === 0 && !isHeadless(service)) continue
    const id = portsId(ports)
    let group = groups.get(id)
    if (!group) groups.set(id, (group = { endpoints: [], ports }))
    const endpoint = endpointOf(service, pod, zoneOf)
    const hints = endpoint.conditions?.ready && !zoneShares ? hintsOf(service, endpoint) : undefined
    group.endpoints.push(hints ? { ...endpoint, hints } : endpoint)
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

function endpointOf(service: Service, pod: Pod, zoneOf: EndpointSliceInput['zoneOf']): V1Endpoint {
  const serving = isReady(pod)
  const terminating = isTerminating(pod)
  const { name, namespace, uid } = pod.metadata
  const hostname = hostnameOf(service, pod)
  const { nodeName } = pod.spec
  const zone = nodeName ? zoneOf(nodeName) : undefined
  const ready = (service.spec.publishNotReadyAddresses ?? false) || (serving && !terminating)
  return {
    addresses: [pod.status.podIP ?? ''],
    conditions: { ready, serving, terminating },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(zone ? { zone } : {}),
  }
}

/** For whom an endpoint is meant, by the Service's trafficDistribution. */
function hintsOf({ spec: { trafficDistribution } }: Service, { zone, nodeName }: V1Endpoint): V1EndpointHints | undefined {
  if (!trafficDistribution) return undefined
  const forZones = zone ? { forZones: [{ name: zone }] } : undefined
  const forNodes = trafficDistribution === 'PreferSameNode' && nodeName ? { forNodes: [{ name: nodeName }] } : undefined
  return forZones || forNodes ? { ...forNodes, ...forZones } : undefined
}

/** A Service without endpoints keeps one empty slice, so that its readers can tell it from one not yet looked at. */
function keepOne(plan: EndpointSlicePlan): void {
  if (plan.create.length + plan.update.length + plan.keep.length > 0) return
  const empty = { endpoints: [], ports: [] }
  const slice = plan.delete.shift()
  if (!slice) plan.create.push(empty)
  else if ((slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0) plan.keep.push(slice)
  else plan.update.push({ slice, content: empty })
}
