import { resourceQuotas } from '@quarterdeck/api'
import { badRequest, copyJson, isApiError, type KubeObject } from '@quarterdeck/api-machinery'

import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { commitPlan, type WriteResult } from '../writes/commit-plan.ts'
import { planUpdate } from '../writes/plan-update.ts'
import { findForWrite } from './get.ts'
import { inQuotaOrder } from './quota-order.ts'

/** Replaces an object, or the part of it the subresource names. Without a resourceVersion it is unconditional. */
export async function update(core: ApiCore, request: ApiRequest, object: KubeObject): Promise<WriteResult> {
  if (!object.metadata?.name) throw badRequest('the name of the object is required: metadata.name must be set')
  return inQuotaOrder(core, request, { operation: 'UPDATE', attempt: (mayRepeat) => replace(core, request, { object, mayRepeat }) })
}

async function replace(
  core: ApiCore,
  request: ApiRequest,
  { object, mayRepeat }: { object: KubeObject; mayRepeat: boolean },
): Promise<WriteResult> {
  const { resourceVersion } = object.metadata
  const isConditional = Boolean(resourceVersion)
  // A conditional update that gets past its condition, and thereby uses the object up, has no second try.
  const attemptOf = (): KubeObject => (isConditional && !mayRepeat ? object : copyJson(object))
  // A first try from the cache as it is; should that be behind, the second is from one that has caught up.
  for (let attempts = 1; ; attempts++) {
    const stored = await findForWrite(core, request)
    try {
      return await commitPlan(core, request, await planUpdate(core, request, { object: attemptOf(), stored }))
    } catch (error) {
      if (!isApiError(error, 'Conflict') || error.details?.kind === resourceQuotas.resource) throw error
      const cache = await core.freshCacheOf(request.kind)
      const latest = cache.get(request.namespace, request.name)
      const hopeless = isConditional && latest?.object.metadata.resourceVersion !== resourceVersion
      const sameAsTried = isConditional && latest?.revision === stored.revision
      if (hopeless || sameAsTried || attempts === 12) throw error
    }
  }
}
