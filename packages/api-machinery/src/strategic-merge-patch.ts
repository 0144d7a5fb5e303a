import { badRequest, type ApiError } from './api-error.ts'
import { boundedText } from './bounded-text.ts'
import { briefJson } from './brief-json.ts'
import { followsOrder, inOrder, type IdOf } from './element-order.ts'
import { setKey } from './json-depth.ts'
import { isRecord, refuseDeepPatch } from './merge-patch.ts'
import { PatchWork } from './patch-work.ts'
import { resolveSchema, type Schema, type SchemaSet } from './schema.ts'

type Fields = Record<string, unknown>

const setElementOrder = '$setElementOrder/'
const deleteFromPrimitiveList = '$deleteFromPrimitiveList/'

interface Context {
  set: SchemaSet
  work: PatchWork
}

/**
 * Applies a strategic merge patch. Lists whose schema has a patch merge key are merged by it; directives are
 * `$patch` (replace, delete), `$retainKeys`, `$setElementOrder/<list>` and `$deleteFromPrimitiveList/<list>`.
 * Returns a new value, which may share parts with both. Throws BadRequest for a patch that is none, RequestEntityTooLarge
 * for one that merges the same element over and over.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
export function applyStrategicMergePatch(target: Fields, patch: unknown, schema: Schema, set: SchemaSet): Fields {
  if (!isRecord(patch)) throw badRequest('error decoding patch: a strategic merge patch must be an object')
  refuseDeepPatch(patch)
  return mergeObject(target, patch, resolveSchema(schema, set), { set, work: new PatchWork() })
}

function mergeObject(target: Fields, patch: Fields, schema: Schema, context: Context): Fields {
  const { $patch: directive, $retainKeys: retainKeys, ...fields } = patch
  if (directive === 'replace') return withoutDirectives(fields) as Fields
  if (directive === 'delete') return {}
  if (directive !== undefined) throw unknownPatchType(directive)
  const result: Fields = { ...target }
  if (retainKeys !== undefined) dropOthers(result, fields, retainKeys)
  const directives: string[] = []
  for (const key of Object.keys(fields)) {
    const value = fields[key]
    if (isListDirective(key)) directives.push(key)
    else if (value === null) delete result[key]
    else setKey(result, key, mergeValue(own(result, key), value, propertyOf(schema, key) ?? schema.additionalProperties ?? {}, context))
  }
  if (directives.length > 0) applyListDirectives(result, directives, { target, fields, schema })
  return result
}

const own = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined)

function propertyOf({ properties }: Schema, key: string): Schema | undefined {
  return properties && Object.hasOwn(properties, key) ? properties[key] : undefined
}

function isListDirective(key: string): boolean {
  return key.startsWith('$') && (key.startsWith(setElementOrder) || key.startsWith(deleteFromPrimitiveList))
}

function unknownPatchType(directive: unknown): ApiError {
  return badRequest(`Unknown patch type found: ${shortJson(directive)}: allowed are "replace" and "delete"`)
}

/** Of the fields of the target only those stay that are to be retained. Every field of the patch has to be. */
function dropOthers(result: Fields, fields: Fields, retainKeys: unknown): void {
  if (!Array.isArray(retainKeys)) throw badRequest('invalid patch format of retainKeys')
  const retained = new Set<unknown>(retainKeys)
  for (const [key, value] of Object.entries(fields))
    if (value !== null && !isListDirective(key) && !retained.has(key)) throw badRequest('invalid patch format of retainKeys')
  for (const key of Object.keys(result)) if (!retained.has(key)) delete result[key]
}

function mergeValue(target: unknown, patch: unknown, property: Schema, context: Context): unknown {
  const schema = resolveSchema(property, context.set)
  if (isRecord(patch)) return mergeObject(isRecord(target) ? target : {}, patch, schema, context)
  if (Array.isArray(patch) && property['x-kubernetes-patch-strategy']?.includes('merge')) {
    const current = listOf(target)
    const mergeKey = property['x-kubernetes-patch-merge-key']
    if (mergeKey) return mergeListByKey(current, patch, { mergeKey, items: resolveSchema(schema.items ?? {}, context.set), context })
    return inOrder([...new Set([...current, ...(patch as unknown[])])], { wanted: patch, current, idOf: itself })
  }
  return withoutDirectives(patch)
}

interface KeyedList {
  mergeKey: string
  /** The schema of its elements. */
  items: Schema
  context: Context
}

function mergeListByKey(target: unknown[], patch: unknown[], { mergeKey, items, context }: KeyedList): unknown[] {
  const elements = patch as Fields[]
  let replaces = false
  const deleted = new Set<unknown>()
  for (const element of patch) {
    const directive = directiveOf(element, mergeKey)
    if (directive === 'replace') replaces = true
    else if (directive === 'delete') deleted.add((element as Fields)[mergeKey])
  }
  if (replaces) return elements.filter((element) => element['$patch'] === undefined).map(withoutDirectives)
  const result = target.filter((existing): existing is Fields => isRecord(existing) && !deleted.has(existing[mergeKey]))
  const places = new Map<unknown, number>()
  for (let i = result.length - 1; i >= 0; i--) places.set(result[i]![mergeKey], i)
  const merged = new Set<unknown>()
  for (const element of elements) {
    if (element['$patch'] === 'delete') continue
    const key = element[mergeKey]
    const place = places.get(key)
    // Each time the same element is merged again, all that is in it may be copied again.
    if (place !== undefined && merged.has(key)) context.work.countCopies(result[place])
    merged.add(key)
    if (place === undefined) places.set(key, result.push(mergeObject({}, element, items, context)) - 1)
    else result[place] = mergeObject(result[place]!, element, items, context)
  }
  return inOrder(result, { wanted: elements, current: target, idOf: idBy(mergeKey) })
}

/** The `$patch` of an element of a list that is merged by a key. Throws BadRequest for what is no such element. */
function directiveOf(element: unknown, mergeKey: string): 'replace' | 'delete' | undefined {
  if (!isRecord(element)) throw badRequest(`expected an object in a list merged by ${mergeKey}, found ${shortJson(element)}`)
  const directive = element['$patch']
  if (directive === 'merge') throw badRequest('merging lists cannot yet be specified in the patch')
  if (directive !== undefined && directive !== 'replace' && directive !== 'delete') throw unknownPatchType(directive)
  if (directive !== 'replace' && element[mergeKey] === undefined)
    throw badRequest(`map: ${shortJson(element)} does not contain declared merge key: ${mergeKey}`)
  return directive
}

interface ListDirectives {
  target: Fields
  fields: Fields
  schema: Schema
}

function applyListDirectives(result: Fields, directives: readonly string[], { target, fields, schema }: ListDirectives): void {
  for (const directive of directives) {
    const value = fields[directive]
    const isOrder = directive.startsWith(setElementOrder)
    if (!Array.isArray(value)) throw badRequest(`invalid patch format of ${isOrder ? 'setElementOrder list' : 'primitive list'}`)
    const key = directive.slice(directive.indexOf('/') + 1)
    const list = own(result, key)
    if (isOrder) checkOrder(key, { list, patch: own(fields, key), wanted: value, property: propertyOf(schema, key) })
    if (!Array.isArray(list)) continue
    if (isOrder) {
      const idOf = idBy(propertyOf(schema, key)?.['x-kubernetes-patch-merge-key'])
      result[key] = inOrder(list, { wanted: value, current: listOf(own(target, key)), idOf })
    } else {
      const removed = new Set<unknown>(value)
      result[key] = list.filter((element) => !removed.has(element))
    }
  }
}

interface OrderedList {
  list: unknown
  patch: unknown
  wanted: unknown[]
  property: Schema | undefined
}

/** Throws BadRequest for an order of what is no list, and for a patch whose elements come in another. */
function checkOrder(key: string, { list, patch, wanted, property }: OrderedList): void {
  if (!property) throw badRequest(`unable to find api field for the json field ${shortJson(key)}`)
  for (const value of [list, patch])
    if (value !== undefined && value !== null && !Array.isArray(value))
      throw badRequest(`expected a list, but received a ${typeof value}: ${setElementOrder}${boundedText(key, 64)}`)
  const mergeKey = property['x-kubernetes-patch-merge-key']
  if (mergeKey) for (const element of wanted) directiveOf(element, mergeKey)
  const named = listOf(patch).filter((element) => !isRecord(element) || element['$patch'] === undefined)
  if (wanted.length > 0 && !followsOrder(named, wanted, idBy(mergeKey)))
    throw badRequest(`The order in patch list:\n${shortJson(patch)}\n doesn't match $setElementOrder list:\n${shortJson(wanted)}\n`)
}

const shortJson = (value: unknown): string => boundedText(briefJson(value), 256)
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])
const itself: IdOf = (element) => element
const idBy = (mergeKey: string | undefined): IdOf =>
  mergeKey === undefined ? itself : (element) => (isRecord(element) ? element[mergeKey] : element)

/** Strips directives from a value that replaces rather than merges. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, v]) => v !== null && key !== '$patch' && key !== '$retainKeys' && !isListDirective(key))
      .map(([key, v]) => [key, withoutDirectives(v)]),
  )
}
