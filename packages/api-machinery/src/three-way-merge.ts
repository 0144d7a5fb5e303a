import { equalJson } from './equal-json.ts'
import { isRecord } from './merge-patch.ts'
import { resolveSchema, type Schema, type SchemaSet } from './schema.ts'

type Fields = Record<string, unknown>

/** What is merged: the live value, what was applied last (undefined: unknown), and what is applied now. */
interface Versions<T> {
  live: T
  previous: unknown
  next: T
}

/**
 * What applying `next` makes of a live object: what `next` says, without what `previous` said and `next` no longer does, and everything
 * else as it is. Lists are merged by the keys that their schema declares (x-kubernetes-list-type), others are replaced. Returns a new
 * value that shares with its arguments; where nothing is to change it equals `live`.
 */
export function threeWayMerge(versions: Versions<Fields>, schema: Schema, set: SchemaSet): Fields {
  return mergeFields(versions, resolveSchema(schema, set), set)
}

function mergeFields({ live, previous, next }: Versions<Fields>, schema: Schema, set: SchemaSet): Fields {
  const result: Fields = { ...live }
  const before = isRecord(previous) ? previous : {}
  for (const key of Object.keys(before)) if (isAbsent(next, key)) delete result[key]
  for (const key of Object.keys(next)) {
    if (isAbsent(next, key)) continue
    const property = own(schema.properties, key) ?? schema.additionalProperties ?? {}
    result[key] = mergeValue({ live: own(live, key), previous: own(before, key), next: next[key] }, property, set)
  }
  return result
}

const own = <T>(fields: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  fields && Object.hasOwn(fields, key) ? fields[key] : undefined

const isAbsent = (fields: Fields, key: string): boolean => own(fields, key) === undefined || fields[key] === null

function mergeValue({ live, previous, next }: Versions<unknown>, property: Schema, set: SchemaSet): unknown {
  const schema = resolveSchema(property, set)
  if (isRecord(next) && isRecord(live) && property['x-kubernetes-map-type'] !== 'atomic')
    return mergeFields({ live, previous, next }, schema, set)
  if (!isList(next) || !isList(live)) return next
  const before = isList(previous) ? previous : []
  switch (property['x-kubernetes-list-type']) {
    case 'map':
      return mergeMapList({ live, previous: before, next }, { ...property, items: schema.items ?? {} }, set)
    case 'set':
      return mergeSet({ live, next }, before)
    default:
      return next
  }
}

const isList = (value: unknown): value is unknown[] => Array.isArray(value)

/** Elements that nobody applied stay; those that were applied before and are not now go. */
function mergeSet({ live, next }: { live: unknown[]; next: unknown[] }, previous: readonly unknown[]): unknown[] {
  const has = (list: readonly unknown[], element: unknown): boolean => list.some((other) => equalJson(other, element))
  const kept = live.filter((element) => has(next, element) || !has(previous, element))
  return [...kept, ...next.filter((element) => !has(kept, element))]
}

function mergeMapList(
  { live, previous, next }: { live: unknown[]; previous: readonly unknown[]; next: unknown[] },
  property: Schema,
  set: SchemaSet,
): unknown[] {
  const keys = property['x-kubernetes-list-map-keys'] ?? []
  const items = resolveSchema(property.items ?? {}, set)
  const places = placesOf(next, live, keys)
  const before = placesOf(next, previous, keys)
  const merged = next.map((element, index) => {
    const current = live[places[index]!]
    return isRecord(element) && isRecord(current)
      ? mergeFields({ live: current, previous: previous[before[index]!], next: element }, items, set)
      : element
  })
  const wasApplied = new Set(placesOf(previous, live, keys))
  const isWanted = new Set(places)
  const byPlace = new Map(places.map((place, index) => [place, merged[index]]))
  const added = merged.filter((_, index) => places[index]! < 0)
  const isInOrder = places.filter((place) => place >= 0).every((place, i, all) => i === 0 || place > all[i - 1]!)
  const stays = (_: unknown, place: number): boolean => isWanted.has(place) || !wasApplied.has(place)
  if (isInOrder) return [...live.map((element, place) => (byPlace.has(place) ? byPlace.get(place) : element)).filter(stays), ...added]
  return [...merged, ...live.filter((element, place) => stays(element, place) && !isWanted.has(place))]
}

/** For each element, the place of the one in the list that it means, or -1. A key that it leaves out may have any value. */
function placesOf(elements: readonly unknown[], list: readonly unknown[], keys: readonly string[]): number[] {
  const index = new Map<string, number[]>()
  for (const [place, element] of list.entries()) {
    const key = isRecord(element) ? keyOf(element, keys.slice(0, 1)) : ''
    const places = index.get(key)
    if (places) places.push(place)
    else index.set(key, [place])
  }
  const taken = new Set<number>()
  const found = elements.map(() => -1)
  const isComplete = (element: unknown): boolean => isRecord(element) && keys.every((key) => element[key] !== undefined)
  // Those that say all of their keys choose first.
  for (const complete of [true, false])
    for (const [at, element] of elements.entries()) {
      if (isComplete(element) !== complete || !isRecord(element)) continue
      const candidates = index.get(keyOf(element, keys.slice(0, 1))) ?? []
      const place = candidates.find((candidate) => !taken.has(candidate) && means(element, list[candidate], keys))
      if (place === undefined) continue
      taken.add(place)
      found[at] = place
    }
  return found
}

const keyOf = (element: Fields, keys: readonly string[]): string => JSON.stringify(keys.map((key) => element[key] ?? null))

function means(element: Fields, other: unknown, keys: readonly string[]): boolean {
  return isRecord(other) && keys.every((key) => element[key] === undefined || element[key] === other[key])
}
