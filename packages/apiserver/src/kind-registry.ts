import { builtInKinds, derivedKinds, modelSchemas, reviewKinds, type Kind } from '@quarterdeck/api'
import { resolveSchema, type Schema } from '@quarterdeck/api-machinery'

/** Every kind that is served, found by what a path or an object says. */
export class KindRegistry {
  readonly #byPath = new Map<string, Kind>()
  readonly #byKind = new Map<string, Kind>()
  /** Those that are stored. */
  readonly kinds: readonly Kind[]
  /** Those, the derived ones and the reviews: what discovery tells of. */
  readonly servedKinds: readonly Kind[]

  constructor(kinds: readonly Kind[] = builtInKinds) {
    this.kinds = kinds
    this.servedKinds = [...kinds, ...derivedKinds.map(({ kind }) => kind), ...reviewKinds]
    for (const kind of this.servedKinds) {
      this.#byPath.set(`${kind.apiVersion}/${kind.plural}`, kind)
      this.#byKind.set(`${kind.apiVersion}/${kind.kind}`, kind)
    }
  }

  /** By group version (`v1`, `apps/v1`) and plural. */
  byPlural(apiVersion: string, plural: string): Kind | undefined {
    return this.#byPath.get(`${apiVersion}/${plural}`)
  }

  /** By the apiVersion and kind of an object. */
  byKind(apiVersion: string, kind: string): Kind | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`)
  }
}

/** The schema of a kind, with references resolved at the top. */
export function schemaOf(kind: Kind): Schema {
  return resolveSchema({ $ref: kind.model }, modelSchemas)
}

/** The kind whose objects are in the store: itself, or the version it is converted to. */
export function storedKindOf(kind: Kind): Kind {
  return kind.storedAs?.kind ?? kind
}
