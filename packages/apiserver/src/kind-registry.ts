import { builtInKinds, modelSchemas, type Kind } from '@quarterdeck/api'
import { resolveSchema, type Schema } from '@quarterdeck/api-machinery'

/** Every kind that is served, found by what a path or an object says. */
export class KindRegistry {
  readonly #byPath = new Map<string, Kind>()
  readonly #byKind = new Map<string, Kind>()
  readonly kinds: readonly Kind[]

  constructor(kinds: readonly Kind[] = builtInKinds) {
    this.kinds = kinds
    for (const kind of kinds) {
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

  hasGroupVersion(apiVersion: string): boolean {
    return this.kinds.some((kind) => kind.apiVersion === apiVersion)
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
