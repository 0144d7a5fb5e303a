import type { ZoneShares } from './zone-shares.ts'

/** A ready endpoint. */
export interface ZonedEndpoint {
  id: string
  zone: string | undefined
  /** The zone that it is meant for now. */
  hinted: string | undefined
}

/** By the id of each endpoint the zone that it is meant for, or why none of them is meant for one. */
export type ZoneHints = ReadonlyMap<string, string> | { refusal: string }

/** How much more than its part an endpoint may get. */
const mostOverload = 0.2

/**
 * Shares endpoints out over zones so that each zone has as many as its part of the traffic needs (KEP-2433): an endpoint serves its own
 * zone unless another is short of endpoints; those that another zone has already are asked first, so that little changes. No I/O.
 */
export function planZoneHints(endpoints: readonly ZonedEndpoint[], shares: ZoneShares): ZoneHints {
  if ('refusal' in shares) return shares
  const count = endpoints.length
  if (count < shares.size) return { refusal: `Insufficient number of endpoints (${count} endpoints, ${shares.size} zones)` }
  if (endpoints.some(({ zone }) => !zone)) return { refusal: 'One or more endpoints do not have a zone specified' }
  const least = new Map([...shares].map(([zone, share]) => [zone, Math.ceil((count * share) / (1 + mostOverload))]))
  if (sum(least.values()) > count)
    return {
      refusal: `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (${count} endpoints, ${shares.size} zones)`,
    }
  return shareOut(endpoints, { shares, least })
}

function shareOut(
  endpoints: readonly ZonedEndpoint[],
  { shares, least }: { shares: ReadonlyMap<string, number>; least: ReadonlyMap<string, number> },
): Map<string, string> {
  const ordered = endpoints.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  /** Zones without nodes that count have endpoints to give, too. */
  const held = Map.groupBy(ordered, ({ zone = '' }) => zone)
  for (const zone of shares.keys()) if (!held.has(zone)) held.set(zone, [])
  const spareOf = (zone: string): number => (held.get(zone) as ZonedEndpoint[]).length - (least.get(zone) ?? 0)

  for (const zone of [...shares.keys()].toSorted()) {
    while (spareOf(zone) < 0) {
      const donor = [...held.keys()].toSorted((a, b) => spareOf(b) - spareOf(a) || (a < b ? -1 : 1))[0] as string
      move(held, donor, zone)
    }
  }
  for (const [zone, others] of held) while (!shares.has(zone) && others.length > 0) move(held, zone, loneliest(held, shares))
  return new Map([...held].flatMap(([zone, members]) => members.map(({ id }) => [id, zone] as const)))
}

/** The zone that has the fewest endpoints for its part of the traffic. */
function loneliest(held: ReadonlyMap<string, ZonedEndpoint[]>, shares: ReadonlyMap<string, number>): string {
  const load = ([zone, share]: readonly [string, number]): number => (held.get(zone)?.length ?? 0) / share
  return ([...shares].toSorted((a, b) => load(a) - load(b) || (a[0] < b[0] ? -1 : 1))[0] as [string, number])[0]
}

/** One that serves the other zone already goes before the others. */
function move(held: ReadonlyMap<string, ZonedEndpoint[]>, from: string, to: string): void {
  const members = held.get(from) as ZonedEndpoint[]
  const known = members.findIndex(({ hinted }) => hinted === to)
  held.get(to)?.push(...members.splice(known < 0 ? -1 : known, 1))
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0)
