import { resolveSchema, type Schema, type SchemaSet } from './schema.ts'

/** What decoding needs of a schema, with every reference followed. All have the same fields, which makes them fast to read. */
export interface Shape {
  readonly type: Schema['type']
  readonly format: string | undefined
  /** Of an object whose fields have names of their own; undefined for a map and for an object that may be anything. */
  fields: ReadonlyMap<string, Shape> | undefined
  /** Of the values of a map. */
  values: Shape | undefined
  /** Of the elements of a list. */
  items: Shape | undefined
}

const shapes = new WeakMap<Schema, Shape>()

/** Made once for each schema. */
export function shapeOf(schema: Schema, set: SchemaSet): Shape {
  const resolved = resolveSchema(schema, set)
  const known = shapes.get(resolved)
  if (known) return known
  const { type, format, properties, additionalProperties, items } = resolved
  const shape: Shape = { type, format, fields: undefined, values: undefined, items: undefined }
  // Known before it is whole: a schema may be within itself.
  shapes.set(resolved, shape)
  if (properties) shape.fields = new Map(Object.entries(properties).map(([name, property]) => [name, shapeOf(property, set)]))
  if (additionalProperties) shape.values = shapeOf(additionalProperties, set)
  if (type === 'array') shape.items = shapeOf(items ?? {}, set)
  return shape
}
