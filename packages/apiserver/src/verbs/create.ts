import { alreadyExists, ApiError, badRequest, copyJson, isApiError, type KubeObject } from '@quarterdeck/api-machinery'

import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { commitPlan, type WriteResult } from '../writes/commit-plan.ts'
import { planCreate } from '../writes/plan-create.ts'
import { inQuotaOrder } from './quota-order.ts'

const maxNameAttempts = 8

/** Stores a new object. `object` is decoded and is used up. With generateName, a name that is taken is replaced by another. */
export async function create(core: ApiCore, request: ApiRequest, object: KubeObject): Promise<WriteResult> {
  if (request.kind.scope === 'Namespaced' && !request.namespace) throw badRequest('an empty namespace may not be set during creation')
  const attempt = (mayRepeat: boolean): Promise<WriteResult> => createOnce(core, request, mayRepeat ? copyJson(object) : object)
  return inQuotaOrder(core, request, { operation: 'CREATE', attempt })
}

async function createOnce(core: ApiCore, request: ApiRequest, object: KubeObject): Promise<WriteResult> {
  const isNameGenerated = !object.metadata?.name && object.metadata?.generateName
  if (!isNameGenerated) return commitPlan(core, named(request, object), await planCreate(core, request, { object }))
  for (let attempts = 1; ; attempts++) {
    const copy = copyJson(object)
    try {
      const plan = await planCreate(core, request, { object: copy })
      return await commitPlan(core, named(request, copy), plan)
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error
      if (attempts === maxNameAttempts) throw exhausted(request, copy)
    }
  }
}

function named(request: ApiRequest, object: KubeObject): ApiRequest {
  return { ...request, name: object.metadata?.name ?? '' }
}

function exhausted({ kind }: ApiRequest, object: KubeObject): ApiError {
  const error = alreadyExists({ group: kind.group, resource: kind.plural }, object.metadata.name)
  return new ApiError('AlreadyExists', `${error.message}, the server was not able to generate a unique name for the object`, error.details)
}
