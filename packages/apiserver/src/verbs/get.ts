import { notFound } from '@quarterdeck/api-machinery'
import type { StoredObject } from '@quarterdeck/storage'

import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { checkResourceVersion } from './check-list-options.ts'

/** One object. resourceVersion '' is consistent with all acknowledged writes, '0' is whatever the cache holds. Throws NotFound, and BadRequest for what is no version. */
export async function find(core: ApiCore, request: ApiRequest, resourceVersion = ''): Promise<StoredObject> {
  const { kind, namespace, name } = request
  checkResourceVersion(resourceVersion)
  const cache = resourceVersion === '0' ? await core.cacheOf(kind) : await core.freshCacheOf(kind)
  const stored = cache.get(namespace, name)
  if (!stored) throw notFound({ group: kind.group, resource: kind.plural }, name)
  return stored
}

/** From the cache as it is; only what is not there is looked for again. The store's preconditions catch a stale read. */
export async function findForWrite(core: ApiCore, request: ApiRequest): Promise<StoredObject> {
  const cache = await core.cacheOf(request.kind)
  return cache.get(request.namespace, request.name) ?? find(core, request)
}
