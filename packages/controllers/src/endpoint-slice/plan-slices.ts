import { equalJson } from '@quarterdeck/api-machinery'
import type { DiscoveryV1EndpointPort, EndpointSlice, V1Endpoint } from '@quarterdeck/api'

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

/**
 * Which slices must change so that together they hold exactly the endpoints of these groups, one for each set of ports, with as few
 * writes as can be: an endpoint stays in its slice, new ones fill slices that change anyway, then those with room, then new slices,
 * none of which holds more than `most`. No I/O.
 */
export function planSlices(groups: ReadonlyMap<string, SliceContent>, slices: readonly EndpointSlice[], most: number): EndpointSlicePlan {
  const plan: EndpointSlicePlan = { create: [], update: [], delete: [], keep: [] }
  const slicesOfGroup = Map.groupBy(slices, (slice) => portsId(slice.ports ?? []))
  for (const [id, stale] of slicesOfGroup) if (!groups.has(id)) plan.delete.push(...stale)
  for (const [id, group] of groups) planGroup(group, slicesOfGroup.get(id) ?? [], { plan, most })
  return plan
}

/** Names a set of ports: the key of a group. */
export const portsId = (ports: readonly DiscoveryV1EndpointPort[]): string =>
  ports.map(({ name = '', protocol = 'TCP', port, appProtocol = '' }) => `${name}/${protocol}/${port}/${appProtocol}`).join()

interface Draft {
  slice: EndpointSlice
  endpoints: V1Endpoint[]
  isChanged: boolean
}

function planGroup(
  { endpoints, ports }: SliceContent,
  slices: readonly EndpointSlice[],
  { plan, most }: { plan: EndpointSlicePlan; most: number },
): void {
  const missing = new Map(endpoints.map((endpoint) => [idOf(endpoint), endpoint]))
  const drafts = slices.map((slice): Draft => {
    const kept = (slice.endpoints ?? []).flatMap((endpoint) => {
      const wanted = missing.get(idOf(endpoint))
      missing.delete(idOf(endpoint))
      return wanted ? [wanted] : []
    })
    return { slice, endpoints: kept, isChanged: !equalJson(slice.endpoints ?? [], kept) }
  })

  const left = [...missing.values()]
  const byRoom = drafts.toSorted((a, b) => Number(b.isChanged) - Number(a.isChanged) || b.endpoints.length - a.endpoints.length)
  for (const draft of byRoom) {
    const added = left.splice(0, most - draft.endpoints.length)
    if (added.length === 0) continue
    draft.endpoints.push(...added)
    draft.isChanged = true
  }
  while (left.length > 0) plan.create.push({ endpoints: left.splice(0, most), ports })

  for (const draft of drafts) {
    if (draft.endpoints.length === 0) plan.delete.push(draft.slice)
    else if (draft.isChanged) plan.update.push({ slice: draft.slice, content: { endpoints: draft.endpoints, ports } })
    else plan.keep.push(draft.slice)
  }
}

/** An endpoint is that of a Pod at an address. */
const idOf = (endpoint: V1Endpoint): string => `${endpoint.targetRef?.uid ?? ''} ${endpoint.addresses[0] ?? ''}`
