import type { Kind, Verb } from '@quarterdeck/api'
import { ApiError } from '@quarterdeck/api-machinery'

import type { ApiRequest } from '../request.ts'
import type { RequestInfo } from '../rest/request-info.ts'
import type { Endpoint, Subresource } from './endpoint.ts'

/** The verbs that name an object; the others are of a collection. */
const ofOneObject: ReadonlySet<Verb> = new Set(['get', 'update', 'patch', 'delete'])

export interface EndpointTableOptions {
  /** What kinds answer that are not stored; others answer `main` to their verbs. */
  own: ReadonlyMap<Kind, Partial<Record<Verb, Endpoint>>>
  main: Readonly<Record<Verb, Endpoint>>
  subresources: readonly Subresource[]
}

/** Everything that can be asked: a kind, a subresource of it or '', and a verb. Routing, discovery and OpenAPI are read from it. */
export class EndpointTable {
  readonly #options: EndpointTableOptions
  readonly #subresources = new WeakMap<Kind, ReadonlyMap<string, Subresource>>()

  constructor(options: EndpointTableOptions) {
    this.#options = options
  }

  /** Throws NotFound for a subresource that the kind does not have, MethodNotAllowed for a verb that is not answered there. */
  find({ kind, subresource, name, subpath }: Pick<ApiRequest, 'kind' | 'subresource' | 'name' | 'subpath'>, verb: Verb): Endpoint {
    if (subpath && !this.#subresource(kind, subresource).hasPaths) throw notServed(`${kind.resource}/${subresource}/${subpath}`)
    const isRightPlace = verb === 'watch' || (name !== '') === ofOneObject.has(verb)
    const endpoint = subresource ? this.#subresource(kind, subresource).endpoints[verb] : isRightPlace && this.#main(kind, verb)
    if (!endpoint) throw methodNotAllowed()
    return endpoint
  }

  /** The kind of what is answered: of the kind itself, or of the values that a subresource speaks of. */
  spokenKind({ kind, subresource }: Pick<ApiRequest, 'kind' | 'subresource'>): Kind {
    return this.#of(kind).get(subresource)?.speaks ?? kind
  }

  /** Whether a request of this form may be handed a connection. */
  connectsAt(info: RequestInfo | undefined): boolean {
    return info?.isResource === true && this.#options.subresources.some(({ name, connects }) => connects && name === info.subresource)
  }

  /** In order of name. */
  subresourcesOf(kind: Kind): readonly Subresource[] {
    return [...this.#of(kind).values()]
  }

  #main(kind: Kind, verb: Verb): Endpoint | undefined {
    if (!kind.verbs.includes(verb)) return undefined
    const own = this.#options.own.get(kind)
    return own ? own[verb] : this.#options.main[verb]
  }

  #subresource(kind: Kind, name: string): Subresource {
    const found = this.#of(kind).get(name)
    if (!found) throw notServed(`${kind.resource}/${name}`)
    return found
  }

  #of(kind: Kind): ReadonlyMap<string, Subresource> {
    let found = this.#subresources.get(kind)
    if (!found) {
      const own = this.#options.subresources.filter((subresource) => subresource.isOf(kind))
      found = new Map(own.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((subresource) => [subresource.name, subresource]))
      this.#subresources.set(kind, found)
    }
    return found
  }
}

/** The verbs that a subresource answers, in the order of discovery. */
export const verbsOf = ({ endpoints }: Subresource): Verb[] => (Object.keys(endpoints) as Verb[]).toSorted()

export function methodNotAllowed(): ApiError {
  return new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}

export function notServed(what = ''): ApiError {
  return new ApiError('NotFound', `the server could not find the requested resource${what && `: ${what} is not served`}`, {})
}
