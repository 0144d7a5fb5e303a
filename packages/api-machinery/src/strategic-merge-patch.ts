import { badRequest } from './api-error.ts'
import { isRecord } from './merge-patch.ts'
import { resolveSchema, type Schema, type SchemaSet } from './schema.ts'

type Fields = Record<string, unknown>

const setElementOrder = '$setElementOrder/'
const deleteFromPrimitiveList = '$deleteFromPrimitiveList/'

/**
 * Applies a strategic merge patch. Lists whose schema has a patch merge key are merged by it; directives are
 * `$patch` (replace, merge, delete), `$retainKeys`, `$setElementOrder/<list>` and `$deleteFromPrimitiveList/<list>`.
 * Returns a new value. Throws BadRequest for a patch that is none.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
export function applyStrategicMergePatch(target: Fields, patch: unknown, schema: Schema, set: SchemaSet): Fields {
  if (!isRecord(patch)) throw badRequest('error decoding patch: a strategic merge patch must be an object')
  return mergeObject(target, patch, resolveSchema(schema, set), set)
}

function mergeObject(target: Fields, patch: Fields, schema: Schema, set: SchemaSet): Fields {
  const { $patch: directive, $retainKeys: retainKeys, ...fields } = patch
  if (directive === 'replace') return withoutDirectives(fields) as Fields
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge')
    throw badRequest(`Unknown patch type found: ${JSON.stringify(directive)}: allowed are "replace", "merge" and "delete"`)
  const result: Fields = { ...target }
  if (Array.isArray(retainKeys)) {
    for (const key of Object.keys(result)) if (!retainKeys.includes(key)) delete result[key]
  }
  for (const [key, value] of Object.entries(fields)) {
    if (key.startsWith(setElementOrder) || key.startsWith(deleteFromPrimitiveList)) continue
    const property = schema.properties?.[key] ?? schema.additionalProperties ?? {}
    if (value === null) delete result[key]
    else result[key] = mergeValue(result[key], value, property, set)
  }
  applyListDirectives(result, fields, { target, schema })
  return result
}

function mergeValue(target: unknown, patch: unknown, property: Schema, set: SchemaSet): unknown {
  const schema = resolveSchema(property, set)
  if (isRecord(patch)) return mergeObject(isRecord(target) ? target : {}, patch, schema, set)
  if (Array.isArray(patch) && property['x-kubernetes-patch-strategy']?.includes('merge')) {
    const current = listOf(target)
    const mergeKey = property['x-kubernetes-patch-merge-key']
    if (mergeKey) return mergeListByKey(current, patch, mergeKey, resolveSchema(schema.items ?? {}, set), set)
    return inOrder([...new Set([...current, ...(patch as unknown[])])], { wanted: patch, current })
  }
  return withoutDirectives(patch)
}

function mergeListByKey(target: unknown[], patch: unknown[], mergeKey: string, items: Schema, set: SchemaSet): unknown[] {
  const elements = patch.map((element) => {
    if (!isRecord(element)) throw badRequest(`expected an object in a list merged by ${mergeKey}, found ${JSON.stringify(element)}`)
    return element
  })
  if (elements.some((e) => e['$patch'] === 'replace')) {
    return elements.filter((e) => e['$patch'] !== 'replace').map(withoutDirectives)
  }
  let result = target.filter(isRecord)
  for (const element of elements) {
    const key = element[mergeKey]
    if (key === undefined) throw badRequest(`map: ${JSON.stringify(element)} does not contain declared merge key: ${mergeKey}`)
    if (element['$patch'] === 'delete') {
      result = result.filter((existing) => existing[mergeKey] !== key)
      continue
    }
    const index = result.findIndex((existing) => existing[mergeKey] === key)
    if (index >= 0) result = result.with(index, mergeObject(result[index]!, element, items, set))
    else result = [...result, mergeObject({}, element, items, set)]
  }
  return inOrder(result, { wanted: elements, current: target, mergeKey })
}

function applyListDirectives(result: Fields, fields: Fields, { target, schema }: { target: Fields; schema: Schema }): void {
  for (const [directive, value] of Object.entries(fields)) {
    if (!Array.isArray(value)) continue
    const wanted = value as unknown[]
    if (directive.startsWith(deleteFromPrimitiveList)) {
      const key = directive.slice(deleteFromPrimitiveList.length)
      if (Array.isArray(result[key])) result[key] = (result[key] as unknown[]).filter((v) => !wanted.includes(v))
    }
    if (directive.startsWith(setElementOrder)) {
      const key = directive.slice(setElementOrder.length)
      const mergeKey = schema.properties?.[key]?.['x-kubernetes-patch-merge-key']
      if (Array.isArray(result[key])) result[key] = inOrder(listOf(result[key]), { wanted, current: listOf(target[key]), mergeKey })
    }
  }
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

/**
 * The elements that are wanted come in the order in which they are, and the others in that of the current list. One of the others
 * stands before a wanted one only if it did so in the current list: what is new thus comes first.
 */
function inOrder(
  list: readonly unknown[],
  { wanted, current, mergeKey }: { wanted: readonly unknown[]; current: readonly unknown[]; mergeKey?: string | undefined },
): unknown[] {
  const idOf = (element: unknown): unknown => (mergeKey && isRecord(element) ? element[mergeKey] : element)
  const placesIn = (elements: readonly unknown[]) => new Map(elements.map((element, index) => [idOf(element), index]))
  const [wantedPlaces, currentPlaces] = [placesIn(wanted), placesIn(current)]
  const placeIn = (places: Map<unknown, number>, element: unknown): number => places.get(idOf(element)) ?? Infinity
  const named = list
    .filter((element) => wantedPlaces.has(idOf(element)))
    .toSorted((a, b) => placeIn(wantedPlaces, a) - placeIn(wantedPlaces, b))
  const others = list.filter((element) => !wantedPlaces.has(idOf(element)))
  const ordered: unknown[] = []
  for (const element of named) {
    const place = currentPlaces.get(idOf(element)) ?? -1
    while (others.length > 0 && placeIn(currentPlaces, others[0]) < place) ordered.push(others.shift())
    ordered.push(element)
  }
  return [...ordered, ...others]
}

/** Strips directives from a value that replaces rather than merges. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, v]) =>
          v !== null &&
          key !== '$patch' &&
          key !== '$retainKeys' &&
          !key.startsWith(setElementOrder) &&
          !key.startsWith(deleteFromPrimitiveList),
      )
      .map(([key, v]) => [key, withoutDirectives(v)]),
  )
}
