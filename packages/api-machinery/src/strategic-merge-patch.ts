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
  applyListDirectives(result, fields, schema)
  return result
}

function mergeValue(target: unknown, patch: unknown, property: Schema, set: SchemaSet): unknown {
  const schema = resolveSchema(property, set)
  if (isRecord(patch)) return mergeObject(isRecord(target) ? target : {}, patch, schema, set)
  if (Array.isArray(patch) && property['x-kubernetes-patch-strategy']?.includes('merge')) {
    const current = Array.isArray(target) ? (target as unknown[]) : []
    const mergeKey = property['x-kubernetes-patch-merge-key']
    return mergeKey
      ? mergeListByKey(current, patch, mergeKey, resolveSchema(schema.items ?? {}, set), set)
      : [...new Set([...current, ...(patch as unknown[])])]
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
  return result
}

function applyListDirectives(result: Fields, fields: Fields, schema: Schema): void {
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
      if (Array.isArray(result[key])) result[key] = inOrder(result[key] as unknown[], wanted, mergeKey)
    }
  }
}

/** Elements named in `order` come in that order; those it does not name keep their place after the one before them. */
function inOrder(list: unknown[], order: unknown[], mergeKey: string | undefined): unknown[] {
  const keyOfElement = (element: unknown): unknown => (mergeKey && isRecord(element) ? element[mergeKey] : element)
  const rank = new Map(order.map((element, index) => [keyOfElement(element), index]))
  let last = -1
  const ranked = list.map((element) => {
    const own = rank.get(keyOfElement(element))
    if (own !== undefined) last = own
    return { element, rank: own ?? last, isNamed: own !== undefined }
  })
  return ranked.toSorted((a, b) => a.rank - b.rank || Number(b.isNamed) - Number(a.isNamed)).map((r) => r.element)
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
