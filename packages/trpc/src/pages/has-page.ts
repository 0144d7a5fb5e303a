import { isApiError } from '@quarterdeck/api-machinery'

import { createContext } from '../context.ts'
import type { Deck } from '../deck.ts'
import { requestOf } from '../target.ts'

/** The page of a kind, or of an object; `namespace` is '' for kinds of cluster scope. */
export interface PageAddress {
  resource: string
  namespace: string
  /** '' for the kind's list. */
  name: string
}

/**
 * Whether a page of the dashboard shows anything: false for kinds that are not served, and for objects that are not there, as far as
 * the reader may know. Who is not signed in, or may not read the object, is told no
 * more than that the kind is served; so is everybody while it can’t be known.
 */
export async function hasPage(deck: Deck, { resource, namespace, name }: PageAddress, request: Request): Promise<boolean> {
  const { core } = deck.server
  const kind = core.registry.kinds.find((served) => served.resource === resource && !served.storedAs && served.verbs.includes('list'))
  if (!kind) return false
  if (!name) return true
  if ((kind.scope === 'Namespaced') !== (namespace !== '')) return false
  try {
    const user = await createContext(deck, request, new Headers()).authenticate()
    await core.authorize(requestOf(user, kind, { namespace, name }), 'get')
    return (await core.freshCacheOf(kind)).get(namespace, name) !== undefined
  } catch (error) {
    if (isApiError(error)) return true
    throw error
  }
}
