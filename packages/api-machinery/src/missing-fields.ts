import { pathText, type PathPart } from './field-path.ts'
import { resolveSchema, type Schema, type SchemaSet } from './schema.ts'

type Fields = Record<string, unknown>

/** Paths of the fields that `required` names and the value lacks. Parts of the value named in `except` are not looked at. */
export function missingFields(value: Fields, schema: Schema, set: SchemaSet, except: readonly string[] = []): string[] {
  const missing: string[] = []
  const demands = demandsOf(schema, set)
  const parts = demands.parts.filter(({ name }) => !except.includes(name))
  collectMissing(value, { ...demands, parts }, { path: [], missing })
  return missing
}

/** What a schema requires of a value, without all that it only allows. */
interface Demands {
  readonly required: readonly string[]
  /** The fields that require something of what is in them; of a list, of each of its elements. */
  readonly parts: { name: string; demands: Demands }[]
  /** Not known of a schema that is within itself while it is being read: it counts as requiring something. */
  isNothing: boolean
}

const demandsOfSchemas = new WeakMap<Schema, Demands>()

/** Made once for each schema. */
function demandsOf(schema: Schema, set: SchemaSet): Demands {
  const resolved = resolveSchema(schema, set)
  const known = demandsOfSchemas.get(resolved)
  if (known) return known
  const demands: Demands = { required: resolved.required ?? [], parts: [], isNothing: false }
  demandsOfSchemas.set(resolved, demands)
  for (const [name, property] of Object.entries(resolved.properties ?? {})) {
    const field = resolveSchema(property, set)
    const content = field.type === 'array' ? resolveSchema(field.items ?? {}, set) : field
    const ofContent = demandsOf(content, set)
    if (!ofContent.isNothing) demands.parts.push({ name, demands: ofContent })
  }
  demands.isNothing = demands.required.length === 0 && demands.parts.length === 0
  return demands
}

interface Search {
  path: PathPart[]
  missing: string[]
}

function collectMissing(value: unknown, demands: Demands, search: Search): void {
  const { path, missing } = search
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      path.push(i)
      collectMissing(value[i], demands, search)
      path.pop()
    }
    return
  }
  if (typeof value !== 'object' || value === null) return
  const object = value as Fields
  for (const name of demands.required) if (object[name] === undefined) missing.push(pathText([...path, name]))
  for (const { name, demands: ofPart } of demands.parts) {
    if (object[name] === undefined) continue
    path.push(name)
    collectMissing(object[name], ofPart, search)
    path.pop()
  }
}
