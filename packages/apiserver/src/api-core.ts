import { namespaces, type Kind } from '@quarterdeck/api'
import { ApiError, forbidden, isApiError, type KubeObject } from '@quarterdeck/api-machinery'
import type { Author, ObjectStore, StoredObject, WatchCache } from '@quarterdeck/storage'

import {
  runAdmission,
  type AdmissionAttributes,
  type AdmissionPhase,
  type AdmissionPlugin,
  type AdmissionReader,
} from './admission/admission.ts'
import { selectedAttributes, type Selectors } from './auth/selected-attributes.ts'
import { denialOf, type AuthorizationAttributes, type Authorizer } from './auth/authorizer.ts'
import { storedKindOf, type KindRegistry } from './kind-registry.ts'
import type { ApiRequest } from './request.ts'
import { ListSnapshots } from './verbs/list-snapshots.ts'
import { Turns } from './verbs/quota-order.ts'

export interface ApiCoreOptions {
  store: ObjectStore
  registry: KindRegistry
  authorizer: Authorizer
  admission: readonly AdmissionPlugin[]
}

/** What every verb works with: the store and its caches, the kinds, the authorizer and admission. No sockets. */
export class ApiCore implements AdmissionReader {
  readonly store: ObjectStore
  readonly registry: KindRegistry
  readonly authorizer: Authorizer
  readonly listSnapshots = new ListSnapshots()
  readonly quotaTurns = new Turns()
  readonly #admission: readonly AdmissionPlugin[]

  constructor(options: ApiCoreOptions) {
    this.store = options.store
    this.registry = options.registry
    this.authorizer = options.authorizer
    this.#admission = options.admission
  }

  /** Rejects with Forbidden unless the request's user may do `verb` on what it names, or its selectors select. */
  authorize(request: ApiRequest, verb: string, selectors: Selectors = {}): Promise<void> {
    const { user, kind, subresource, namespace, name } = request
    const selected = selectedAttributes(selectors)
    return this.authorizeAttributes({
      user,
      verb,
      group: kind.group,
      version: kind.version,
      resource: kind.plural,
      subresource,
      // Who may do what in a namespace is asked of the namespace itself, too.
      namespace: kind === namespaces ? name : namespace,
      path: '',
      ...selected,
      name: name || selected.name,
    })
  }

  /** Whether authorize would let it pass. */
  async allows(request: ApiRequest, verb: string): Promise<boolean> {
    try {
      await this.authorize(request, verb)
      return true
    } catch (error) {
      if (isApiError(error, 'Forbidden')) return false
      throw error
    }
  }

  /** As authorize, of what may not even be served. */
  async authorizeAttributes(attributes: AuthorizationAttributes): Promise<void> {
    const answer = this.authorizer.authorize(attributes)
    const { decision, reason } = answer instanceof Promise ? await answer : answer
    if (decision === 'allow') return
    if (attributes.resource)
      throw forbidden({ group: attributes.group, resource: attributes.resource }, attributes.name, denialOf(attributes, reason))
    throw new ApiError('Forbidden', `forbidden: ${denialOf(attributes, reason)}`)
  }

  cacheOf(kind: Kind): Promise<WatchCache> {
    return this.store.cache(storedKindOf(kind).resource)
  }

  /** The cache, caught up with every write acknowledged anywhere before the call. */
  async freshCacheOf(kind: Kind): Promise<WatchCache> {
    const [cache, revision] = await Promise.all([this.cacheOf(kind), this.store.currentRevision()])
    await cache.waitFor(revision)
    return cache
  }

  /** From the cache, or from a caught-up cache if it is not there. */
  async read(resource: string, namespace: string, name: string): Promise<StoredObject | undefined> {
    const cache = await this.store.cache(resource)
    const found = cache.get(namespace, name)
    if (found) return found
    await cache.waitFor(await this.store.currentRevision())
    return cache.get(namespace, name)
  }

  async list(resource: string, namespace?: string): Promise<readonly StoredObject[]> {
    return (await this.store.cache(resource)).list(namespace)
  }

  admit(attributes: AdmissionAttributes, phase: AdmissionPhase = 'mutating'): Promise<void> {
    return runAdmission(this.#admission, attributes, phase)
  }
}

export function authorOf(request: ApiRequest): Author {
  return { actor: request.user.name, client: request.client }
}

/** The object a request's kind shows for a stored one. Shared: do not mutate. */
export function servedObject(kind: Kind, stored: StoredObject): KubeObject {
  return kind.storedAs ? converted(kind, stored).object : stored.object
}

/** As servedObject, serialized. */
export function servedJson(kind: Kind, stored: StoredObject): string {
  return kind.storedAs ? converted(kind, stored).json : stored.json
}

const conversions = new WeakMap<StoredObject, { object: KubeObject; json: string }>()

function converted(kind: Kind, stored: StoredObject): { object: KubeObject; json: string } {
  let result = conversions.get(stored)
  if (!result) {
    const object = kind.storedAs!.fromStored(stored.object)
    conversions.set(stored, (result = { object, json: JSON.stringify(object) }))
  }
  return result
}
