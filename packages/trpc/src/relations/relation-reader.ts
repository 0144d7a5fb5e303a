import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import { servedObject, type ApiCore, type User } from '@quarterdeck/apiserver'

import { requestOf } from '../target.ts'
import type { RelationReader } from './relation.ts'

/** Reads from the caches; what the user may not read is as if it were not there. */
export function relationReader(core: ApiCore, user: User): RelationReader {
  const may = (verb: string, kind: Kind, namespace: string, name = ''): Promise<boolean> =>
    core.allows(requestOf(user, kind, { namespace, name }), verb)
  return {
    kinds: core.registry.kinds,
    async list(kind, namespace): Promise<readonly KubeObject[]> {
      if (!(await may('list', kind, namespace ?? ''))) return []
      const cache = await core.cacheOf(kind)
      return cache.list(namespace).map((stored) => servedObject(kind, stored))
    },
    async get(kind, namespace, name) {
      if (!(await may('get', kind, namespace, name))) return undefined
      const stored = (await core.cacheOf(kind)).get(namespace, name)
      return stored && servedObject(kind, stored)
    },
  }
}
