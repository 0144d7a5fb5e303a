import { resolveSchema, type Schema } from '@quarterdeck/api-machinery'

import type { Kind } from '../kind.ts'
import { modelSchemas } from '../schemas.ts'

type Fields = Record<string, unknown>
export type FieldPath = readonly (string | number)[]

/** A field of an object, with the model and the name that its schema stands under. */
export interface FieldPlace {
  /** `V1ServicePort.targetPort`. */
  id: string
  path: FieldPath
  schema: Schema
}

/** An object of the kind in which every field there is has a value, every list one element. Its values are not valid together. */
export function wholeObject(kind: Kind): Fields {
  return { ...(wholeValue({ $ref: kind.model }, []) as Fields), apiVersion: kind.apiVersion, kind: kind.kind }
}

function wholeValue(property: Schema, within: readonly string[]): unknown {
  const schema = resolveSchema(property, modelSchemas)
  switch (schema.type) {
    case 'object':
      return wholeFields(schema, property.$ref ? [...within, property.$ref] : within)
    case 'array': {
      const element = wholeValue(schema.items ?? {}, within)
      return element === undefined ? undefined : [element]
    }
    case 'string':
      return wholeString(schema.format)
    case 'integer':
    case 'number':
      return 1
    case 'boolean':
      return true
    case undefined:
      return schema.format === 'int-or-string' ? 1 : { a: 'b' }
  }
}

/** A model within itself is left out. */
function wholeFields({ properties, additionalProperties }: Schema, within: readonly string[]): Fields | undefined {
  if (new Set(within).size < within.length) return undefined
  if (!properties) return additionalProperties ? { a: wholeValue(additionalProperties, within) } : {}
  const fields = Object.entries(properties).map(([name, property]) => [name, wholeValue(property, within)])
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as Fields
}

function wholeString(format: string | undefined): string {
  switch (format) {
    case 'quantity':
      return '1'
    case 'date-time':
    case 'date-time-micro':
      return '2026-01-01T00:00:00Z'
    case 'byte':
      return 'YQ=='
    default:
      return 'a'
  }
}

/** Where each field of each model stands first in a value. */
export function fieldPlaces(value: unknown, property: Schema): FieldPlace[] {
  const places = new Map<string, FieldPlace>()
  collect(value, property, { path: [], places })
  return [...places.values()]
}

function collect(value: unknown, property: Schema, { path, places }: { path: FieldPath; places: Map<string, FieldPlace> }): void {
  const schema = resolveSchema(property, modelSchemas)
  if (Array.isArray(value)) return collect(value[0], schema.items ?? {}, { path: [...path, 0], places })
  if (typeof value !== 'object' || value === null) return
  for (const [name, field] of Object.entries(value)) {
    const ofField = schema.properties?.[name]
    if (!ofField) continue
    const id = `${property.$ref}.${name}`
    const at = [...path, name]
    if (!places.has(id)) places.set(id, { id, path: at, schema: ofField })
    collect(field, ofField, { path: at, places })
  }
}

/** A copy of the value with another at the path; undefined removes what is there. */
export function withValueAt(value: unknown, path: FieldPath, replacement: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return replacement
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Fields) }) as Fields
  const changed = withValueAt(copy[step], rest, replacement)
  if (changed === undefined) delete copy[step]
  else copy[step] = changed
  return copy
}
