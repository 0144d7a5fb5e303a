import { modelSchemas } from '@quarterdeck/api'
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  badRequest,
  isRecord,
  type KubeObject,
} from '@quarterdeck/api-machinery'
import type { PatchType } from '@quarterdeck/client'

import { servedObject, type ApiCore } from '../api-core.ts'
import { decodeRequestObject } from '../decode-request.ts'
import { schemaOf } from '../kind-registry.ts'
import type { ApiRequest } from '../request.ts'
import { commitPlan, type WriteResult } from '../writes/commit-plan.ts'
import { planUpdate } from '../writes/plan-update.ts'
import { findForWrite } from './get.ts'
import { inQuotaOrder } from './quota-order.ts'
import { retryConflict } from './retry-conflict.ts'

/** Applies a patch to the current object, again if another writer comes first, unless the patch itself names a resourceVersion. */
export async function patch(core: ApiCore, request: ApiRequest, body: unknown, type: PatchType): Promise<WriteResult> {
  const attempt = async (): Promise<WriteResult> => {
    const stored = await findForWrite(core, request)
    const current = servedObject(request.kind, stored)
    const patched = patchedObject(request, current, body, type)
    // The version that a patch leaves alone is no precondition.
    if (patched.metadata.resourceVersion === current.metadata.resourceVersion) patched.metadata.resourceVersion = ''
    return commitPlan(core, request, await planUpdate(core, request, { object: patched, stored }))
  }
  const patchIt = () => (hasPrecondition(body) ? attempt() : retryConflict(core, request, attempt))
  return inQuotaOrder(core, request, { operation: 'UPDATE', attempt: patchIt })
}

function hasPrecondition(body: unknown): boolean {
  return isRecord(body) && isRecord(body['metadata']) && Boolean(body['metadata']['resourceVersion'])
}

/** The whole object after the patch, decoded anew. */
export function patchedObject(request: ApiRequest, current: KubeObject, body: unknown, type: PatchType): KubeObject {
  const result = applyPatchOf(type, current, body, request)
  if (!isRecord(result) || !isRecord(result['metadata'])) throw badRequest('the patch leaves no object: metadata must remain')
  return decodeRequestObject(result, request, { known: current })
}

function applyPatchOf(type: PatchType, current: KubeObject, body: unknown, request: ApiRequest): unknown {
  switch (type) {
    case 'json':
      return applyJsonPatch(current, body)
    case 'merge':
      if (!isRecord(body)) throw badRequest('error decoding patch: a merge patch must be an object')
      return applyMergePatch(current, body)
    case 'strategic':
      return applyStrategicMergePatch(current as unknown as Record<string, unknown>, body, schemaOf(request.kind), modelSchemas)
  }
}
