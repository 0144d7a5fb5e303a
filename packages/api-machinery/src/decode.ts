import { canonicalQuantity, parseQuantity, quantityErrorMessage } from './quantity.ts'
import { resolveSchema, type Schema, type SchemaSet } from './schema.ts'

/** What a decode found besides the value. */
export interface DecodeReport {
  /** Paths of fields the schema does not know; they are removed. */
  unknownFields: string[]
  /** One message per value of the wrong type or format: the request cannot be served. */
  typeErrors: string[]
}

const maxDepth = 100

/**
 * Brings parsed JSON into the form the server stores, in place, the way Kubernetes' typed decoding does:
 * nulls, empty lists and empty maps go, unknown fields go and are reported, quantities and times become canonical.
 */
export function decodeObject(value: Record<string, unknown>, schema: Schema, set: SchemaSet): DecodeReport {
  const report: DecodeReport = { unknownFields: [], typeErrors: [] }
  decodeFields(value, resolveSchema(schema, set), { set, report, depth: 0 }, '')
  return report
}

interface Context {
  set: SchemaSet
  report: DecodeReport
  depth: number
}

/** Returned for a value that is dropped. */
const dropped = Symbol('dropped')

function decodeFields(object: Record<string, unknown>, schema: Schema, context: Context, path: string): void {
  if (++context.depth > maxDepth) {
    context.report.typeErrors.push(`${path}: nested more than ${maxDepth} levels deep`)
    context.depth--
    return
  }
  for (const key of Object.keys(object)) {
    const property = schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : schema.additionalProperties
    if (!property) {
      context.report.unknownFields.push(join(path, key))
      delete object[key]
      continue
    }
    const decoded = decodeValue(object[key], property, context, () => join(path, key))
    if (decoded === dropped) delete object[key]
    else object[key] = decoded
  }
  context.depth--
}

function join(path: string, key: string): string {
  return path ? `${path}.${key}` : key
}

type PathOf = () => string

function decodeValue(value: unknown, schema: Schema, context: Context, path: PathOf): unknown {
  if (value === null || value === undefined) return dropped
  const resolved = resolveSchema(schema, context.set)
  switch (resolved.type) {
    case 'object':
      return decodeMap(value, resolved, context, path)
    case 'array':
      return decodeArray(value, resolved, context, path)
    case 'string':
      return decodeString(value, resolved.format, context, path)
    case 'integer':
    case 'number':
      return decodeNumber(value, resolved, context, path)
    case 'boolean':
      return typeof value === 'boolean' ? value : mismatch(value, 'bool', context, path)
    case undefined:
      if (resolved.format === 'int-or-string') return decodeIntOrString(value, context, path)
      return value
  }
}

function decodeMap(value: unknown, schema: Schema, context: Context, path: PathOf): unknown {
  if (typeof value !== 'object' || Array.isArray(value)) return mismatch(value, schema.properties ? 'object' : 'map', context, path)
  const object = value as Record<string, unknown>
  if (!schema.properties && !schema.additionalProperties) return object
  decodeFields(object, schema, context, path())
  const isMap = !schema.properties
  return isMap && isEmpty(object) ? dropped : object
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false
  return true
}

function decodeArray(value: unknown, schema: Schema, context: Context, path: PathOf): unknown {
  if (!Array.isArray(value)) return mismatch(value, 'array', context, path)
  const items = schema.items ?? {}
  for (let i = 0; i < value.length; i++) {
    const decoded = decodeValue(value[i], items, context, () => `${path()}[${i}]`)
    value[i] = decoded === dropped ? zeroOf(resolveSchema(items, context.set)) : decoded
  }
  return value.length === 0 ? dropped : value
}

/** What a null element of a list becomes. */
function zeroOf(schema: Schema): unknown {
  switch (schema.type) {
    case 'object':
      return {}
    case 'array':
      return []
    case 'string':
      return ''
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return 0
    case undefined:
      return null
  }
}

function decodeString(value: unknown, format: string | undefined, context: Context, path: PathOf): unknown {
  if (format === 'quantity') return decodeQuantity(value, context, path)
  if (typeof value !== 'string') return mismatch(value, 'string', context, path)
  switch (format) {
    case 'date-time':
      return decodeTime(value, context, path, 0)
    case 'date-time-micro':
      return decodeTime(value, context, path, 6)
    case 'byte':
      if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)) context.report.typeErrors.push(`${path()}: illegal base64 data`)
      return value
    default:
      return value
  }
}

function decodeQuantity(value: unknown, context: Context, path: PathOf): unknown {
  if ((typeof value === 'string' || typeof value === 'number') && parseQuantity(value)) return canonicalQuantity(value)
  context.report.typeErrors.push(`${path()}: ${JSON.stringify(value)}: ${quantityErrorMessage}`)
  return dropped
}

function decodeTime(value: string, context: Context, path: PathOf, fractionDigits: number): unknown {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(time)) {
    context.report.typeErrors.push(
      `${path()}: parsing time ${JSON.stringify(value)}: must be an RFC 3339 time such as 2026-01-02T15:04:05Z`,
    )
    return dropped
  }
  const iso = new Date(time).toISOString()
  if (fractionDigits === 0) return `${iso.slice(0, 19)}Z`
  const fraction = (/\.(\d+)/.exec(value)?.[1] ?? '').slice(0, fractionDigits).padEnd(fractionDigits, '0')
  return `${iso.slice(0, 19)}.${fraction}Z`
}

const integerLimits: Record<string, number> = { int32: 2_147_483_647, int64: Number.MAX_SAFE_INTEGER }

function decodeNumber(value: unknown, schema: Schema, context: Context, path: PathOf): unknown {
  if (typeof value !== 'number') return mismatch(value, schema.format ?? 'number', context, path)
  if (schema.type === 'number') return value
  const limit = integerLimits[schema.format ?? 'int64'] ?? Number.MAX_SAFE_INTEGER
  if (!Number.isInteger(value) || Math.abs(value) > limit) {
    context.report.typeErrors.push(`${path()}: cannot unmarshal number ${value} into a value of type ${schema.format ?? 'int64'}`)
    return dropped
  }
  return value
}

function decodeIntOrString(value: unknown, context: Context, path: PathOf): unknown {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= integerLimits['int32']!) return value
  return mismatch(value, 'int or string', context, path)
}

function mismatch(value: unknown, expected: string, context: Context, path: PathOf): typeof dropped {
  const actual = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  context.report.typeErrors.push(`${path()}: cannot unmarshal ${actual} into a value of type ${expected}`)
  return dropped
}

/** Paths of the fields that `required` names and the value lacks. Parts of the value named in `except` are not looked at. */
export function missingFields(value: Record<string, unknown>, schema: Schema, set: SchemaSet, except: readonly string[] = []): string[] {
  const missing: string[] = []
  collectMissing(value, resolveSchema(schema, set), set, '', missing, except)
  return missing
}

function collectMissing(
  value: unknown,
  schema: Schema,
  set: SchemaSet,
  path: string,
  missing: string[],
  except: readonly string[] = [],
): void {
  if (Array.isArray(value)) {
    const items = resolveSchema(schema.items ?? {}, set)
    if (items.type === 'object') for (let i = 0; i < value.length; i++) collectMissing(value[i], items, set, `${path}[${i}]`, missing)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const object = value as Record<string, unknown>
  for (const name of schema.required ?? []) if (object[name] === undefined) missing.push(join(path, name))
  if (!schema.properties) return
  for (const key in object) {
    const property = schema.properties[key]
    if (!property || except.includes(key)) continue
    collectMissing(object[key], resolveSchema(property, set), set, join(path, key), missing)
  }
}
