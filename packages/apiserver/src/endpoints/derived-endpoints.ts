import type { DerivedKind, Verb } from '@quarterdeck/api'

import { getDerived, listDerived } from '../verbs/derived.ts'
import type { Endpoint } from './endpoint.ts'

/** What a kind answers whose objects are made of others' when asked for. */
export function derivedEndpoints(derived: DerivedKind): Partial<Record<Verb, Endpoint>> {
  return {
    get: async ({ server, request }) => ({ type: 'object', stored: await getDerived(server.core, request, derived) }),
    list: async ({ server, request, options }) => ({
      type: 'list',
      list: await listDerived(server.core, request, { derived, ...options }),
    }),
  }
}
