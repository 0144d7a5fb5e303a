import { builtInKinds, derivedKinds, modelSchemas, type DerivedKind, type Kind } from '@quarterdeck/api'
import { resolveSchema, type Schema } from '@quarterdeck/api-machinery'

/** Every kind that is served, found by what a path or an object says. */
export class KindRegistry {
  readonly #byPath = new Map<string, Kind>()
  readonly #byKind = new Map<string, Kind>()
  /** Those that are stored. */
  readonly kinds: readonly Kind[]
  /** Those and the derived ones: what discovery tells of. */
  readonly servedKinds: readonly Kind[]
  readonly #derived: ReadonlyMap<Kind, DerivedKind>

  constructor(kinds: readonly Kind[] = builtInKinds) {
    this.kinds = kinds
    this.#derived = new Map(derivedKinds.map((derived) => [derived.kind, derived]))
    this.servedKinds = [...kinds, ...this.#derived.keys()]
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

  /** How objects of the kind are made; undefined for one that is stored. */
  derivationOf(kind: Kind): DerivedKind | undefined {
    return this.#derived.get(kind)
  }

  hasGroupVersion(apiVersion: string): boolean {
    return this.servedKinds.some((kind) => kind.apiVersion === apiVersion)
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
