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
  /** The fields whose zero is left out. */
  omitted: ReadonlySet<string> | undefined
  /** The fields whose zero stands where nothing is given; objects are filled in turn. */
  filled: readonly { name: string; shape: Shape }[] | undefined
}

const shapes = new WeakMap<Schema, Shape>()

/** Made once for each schema. */
export function shapeOf(schema: Schema, set: SchemaSet): Shape {
  const resolved = resolveSchema(schema, set)
  const known = shapes.get(resolved)
  if (known) return known
  const { type, format, properties, additionalProperties, items } = resolved
  const shape: Shape = { type, format, fields: undefined, values: undefined, items: undefined, omitted: undefined, filled: undefined }
  // Known before it is whole: a schema may be within itself.
  shapes.set(resolved, shape)
  if (properties) readFields(shape, properties, set)
  if (additionalProperties) shape.values = shapeOf(additionalProperties, set)
  if (type === 'array') shape.items = shapeOf(items ?? {}, set)
  return shape
}

function readFields(shape: Shape, properties: Record<string, Schema>, set: SchemaSet): void {
  const fields = Object.entries(properties).map(([name, property]) => ({
    name,
    shape: shapeOf(property, set),
    zero: property['x-go-zero'],
  }))
  // The zero of a struct that always writes some of its own fields has them, too.
  const isFilled = (field: (typeof fields)[number]): boolean =>
    field.zero === 'written' || (field.zero === 'absent' && field.shape.filled !== undefined)
  const filled = fields.filter(isFilled)
  const omitted = fields.filter((field) => field.zero !== undefined && !isFilled(field))
  shape.fields = new Map(fields.map((field) => [field.name, field.shape]))
  if (filled.length > 0) shape.filled = filled.map(({ name, shape: ofField }) => ({ name, shape: ofField }))
  if (omitted.length > 0) shape.omitted = new Set(omitted.map(({ name }) => name))
}
