import { briefJson as shown } from './brief-json.ts'
import { copyJson } from './copy-json.ts'
import { pathText, type PathPart } from './field-path.ts'
import { ProblemList } from './problem-list.ts'
import { canonicalQuantity, parseQuantity, quantityErrorMessage } from './quantity.ts'
import type { Schema, SchemaSet } from './schema.ts'
import { shapeOf, type Shape } from './shape.ts'

/** What a decode makes and found. */
export interface Decoded {
  /** A new value that shares nothing with the one it was made of. */
  value: Fields
  /** Paths of fields the schema does not know, the first hundred of them; all are left out. */
  unknownFields: string[]
  /** One message per value of the wrong type or format, of the first hundred: the request cannot be served. */
  typeErrors: string[]
}

type Fields = Record<string, unknown>

const maxDepth = 100

/**
 * Brings parsed JSON into the form the server stores, the way Kubernetes' typed decoding does:
 * nulls, empty lists and empty maps go, unknown fields go and are reported, quantities and times become canonical.
 * `known` is a value that was decoded before: what the new one has in common with it needs no second look.
 */
export function decodeObject(value: Fields, schema: Schema, set: SchemaSet, known?: unknown): Decoded {
  const context: Context = { unknownFields: new ProblemList(), typeErrors: new ProblemList(), path: [], depth: 0 }
  const decoded = decodeFields(value, shapeOf(schema, set), context, known)
  return { value: decoded, unknownFields: context.unknownFields.toArray(), typeErrors: context.typeErrors.toArray() }
}

interface Context {
  unknownFields: ProblemList
  typeErrors: ProblemList
  /** Where the value stands that is being decoded. */
  path: PathPart[]
  /** How many objects it lies in. */
  depth: number
}

/** Returned for a value that is dropped. */
const dropped = Symbol('dropped')

function decodeFields(object: Fields, shape: Shape, context: Context, known: unknown): Fields {
  const { fields, values, omitted, filled } = shape
  const { path } = context
  if (context.depth === maxDepth) {
    addTypeError(context, `nested more than ${maxDepth} levels deep`)
    return {}
  }
  context.depth++
  const before = typeof known === 'object' && known !== null ? (known as Fields) : undefined
  // A copy of the whole, and then of what is not plain, costs far less than a field at a time.
  const result = { ...object }
  let isComplete = true
  for (const key of Object.keys(object)) {
    path.push(key)
    let decoded = decodeField(object[key], fields?.get(key) ?? values, context, before?.[key])
    path.pop()
    if (omitted !== undefined && isZero(decoded) && omitted.has(key)) decoded = dropped
    if (decoded === dropped) isComplete = false
    if (decoded !== object[key]) result[key] = decoded
  }
  context.depth--
  const whole = isComplete ? result : withoutDropped(result)
  if (filled !== undefined) fillZeros(whole, filled)
  return whole
}

/** What Go counts as the zero of a scalar or a struct. */
function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false || (typeof value === 'object' && isEmpty(value!))
}

function fillZeros(object: Fields, filled: NonNullable<Shape['filled']>): void {
  for (const { name, shape } of filled) if (object[name] === undefined) object[name] = zeroOf(shape)
}

function decodeField(value: unknown, shape: Shape | undefined, context: Context, known: unknown): unknown {
  if (shape) return decodeValue(value, shape, context, known)
  if (!context.unknownFields.isFull) context.unknownFields.add(pathText(context.path))
  return dropped
}

function withoutDropped(object: Fields): Fields {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== dropped))
}

function decodeValue(value: unknown, shape: Shape, context: Context, known: unknown): unknown {
  if (value === null || value === undefined) return dropped
  if (value === known) return copyJson(value)
  switch (shape.type) {
    case 'object':
      return decodeMap(value, shape, context, known)
    case 'array':
      return decodeArray(value, shape, context, known)
    case 'string':
      return decodeString(value, shape.format, context)
    case 'integer':
    case 'number':
      return decodeNumber(value, shape, context)
    case 'boolean':
      return typeof value === 'boolean' ? value : mismatch(value, 'bool', context)
    case undefined:
      if (shape.format === 'int-or-string') return decodeIntOrString(value, context)
      return copyJson(value)
  }
}

function decodeMap(value: unknown, shape: Shape, context: Context, known: unknown): unknown {
  if (typeof value !== 'object' || Array.isArray(value)) return mismatch(value, shape.fields ? 'object' : 'map', context)
  if (!shape.fields && !shape.values) return copyJson(value)
  const object = decodeFields(value as Fields, shape, context, known)
  const isMap = !shape.fields
  return isMap && isEmpty(object) ? dropped : object
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false
  return true
}

function decodeArray(value: unknown, { items }: Shape, context: Context, known: unknown): unknown {
  if (!Array.isArray(value)) return mismatch(value, 'array', context)
  if (value.length === 0) return dropped
  const before = Array.isArray(known) ? (known as unknown[]) : undefined
  return value.map((element, index) => {
    context.path.push(index)
    const decoded = decodeValue(element, items!, context, before?.[index])
    context.path.pop()
    return decoded === dropped ? zeroOf(items!) : decoded
  })
}

/** The zero of Go: what a null element of a list becomes, and a field that always has a value. */
function zeroOf({ type, format, filled }: Shape): unknown {
  switch (type) {
    case 'object': {
      const zero: Fields = {}
      if (filled !== undefined) fillZeros(zero, filled)
      return zero
    }
    case 'array':
      return []
    case 'string':
      return format === 'quantity' ? '0' : ''
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return 0
    case undefined:
      return format === 'int-or-string' ? 0 : null
  }
}

function decodeString(value: unknown, format: string | undefined, context: Context): unknown {
  if (format === 'quantity') return decodeQuantity(value, context)
  if (typeof value !== 'string') return mismatch(value, 'string', context)
  switch (format) {
    case 'date-time':
      return decodeTime(value, context, 0)
    case 'date-time-micro':
      return decodeTime(value, context, 6)
    case 'byte':
      if (!isBase64(value)) addTypeError(context, 'illegal base64 data')
      return value
    default:
      return value
  }
}

/** As Go's encoding/base64 reads it, line ends apart. */
function isBase64(text: string): boolean {
  const joined = text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+/g, '') : text
  return joined.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(joined)
}

function decodeQuantity(value: unknown, context: Context): unknown {
  if ((typeof value === 'string' || typeof value === 'number') && parseQuantity(value)) return canonicalQuantity(value)
  addTypeError(context, `${shown(value)}: ${quantityErrorMessage}`)
  return dropped
}

const maxTimeLength = 64

function decodeTime(value: string, context: Context, fractionDigits: number): unknown {
  const time =
    value.length <= maxTimeLength && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)
      ? Date.parse(value)
      : Number.NaN
  if (Number.isNaN(time)) {
    addTypeError(context, `parsing time ${shown(value)}: must be an RFC 3339 time such as 2026-01-02T15:04:05Z`)
    return dropped
  }
  const iso = new Date(time).toISOString()
  if (fractionDigits === 0) return `${iso.slice(0, 19)}Z`
  const fraction = (/\.(\d+)/.exec(value)?.[1] ?? '').slice(0, fractionDigits).padEnd(fractionDigits, '0')
  return `${iso.slice(0, 19)}.${fraction}Z`
}

const integerLimits: Record<string, number> = { int32: 2_147_483_647, int64: Number.MAX_SAFE_INTEGER }

function decodeNumber(value: unknown, { type, format }: Shape, context: Context): unknown {
  if (typeof value !== 'number') return mismatch(value, format ?? 'number', context)
  if (type === 'number') return value
  const limit = integerLimits[format ?? 'int64'] ?? Number.MAX_SAFE_INTEGER
  if (!Number.isInteger(value) || Math.abs(value) > limit) {
    addTypeError(context, `cannot unmarshal number ${value} into a value of type ${format ?? 'int64'}`)
    return dropped
  }
  return value
}

function decodeIntOrString(value: unknown, context: Context): unknown {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= integerLimits['int32']!) return value
  return mismatch(value, 'int or string', context)
}

function mismatch(value: unknown, expected: string, context: Context): typeof dropped {
  const actual = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  addTypeError(context, `cannot unmarshal ${actual} into a value of type ${expected}`)
  return dropped
}

function addTypeError({ typeErrors, path }: Context, problem: string): void {
  if (!typeErrors.isFull) typeErrors.add(`${pathText(path)}: ${problem}`)
}
