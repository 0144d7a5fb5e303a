import { badRequest, isRecord } from '@quarterdeck/api-machinery'
import type { DeleteOptions } from '@quarterdeck/client'

import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { removeAuthorized } from '../verbs/delete.ts'

/** Deletes a pod on behalf of a policy/v1 Eviction. */
export async function evict(core: ApiCore, request: ApiRequest, body: unknown): Promise<void> {
  core.authorize(request, 'create')
  if (!isRecord(body)) throw badRequest('the body must be an Eviction object')
  const options = isRecord(body['deleteOptions']) ? (body['deleteOptions'] as DeleteOptions) : {}
  await removeAuthorized(core, { ...request, subresource: '' }, options)
}
