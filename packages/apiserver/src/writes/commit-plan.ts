import { alreadyExists, isApiError, notFound, staleWrite, type ApiError } from '@quarterdeck/api-machinery'
import type { StoredObject } from '@quarterdeck/storage'

import { type ApiCore } from '../api-core.ts'
import { storedKindOf } from '../kind-registry.ts'
import type { ApiRequest } from '../request.ts'
import type { WritePlan } from './write-plan.ts'

/** What a write answers with: the stored object, or for a dry run the object that would be. */
export type WriteResult = { stored: StoredObject } | { dryRun: WritePlan['object'] }

/** Stores a plan, all of it or nothing. */
export async function commitPlan(core: ApiCore, request: ApiRequest, plan: WritePlan): Promise<WriteResult> {
  if (plan.unchanged) return { stored: plan.unchanged }
  if (request.dryRun) return { dryRun: plan.object }
  try {
    const stored = plan.writes.length === 1 ? await core.store.commit(plan.writes[0]!) : (await core.store.commitAll(plan.writes))[0]!
    return { stored }
  } catch (error) {
    throw isApiError(error) ? inWordsOf(request, error) : error
  }
}

/** The store names resources its own way; the caller is told of the resource it asked for. */
function inWordsOf(request: ApiRequest, error: ApiError): ApiError {
  const target = { group: request.kind.group, resource: request.kind.plural }
  const name = request.name || error.details?.name || ''
  const { details } = error
  const isOfAnother = details?.kind !== undefined && details.kind !== storedKindOf(request.kind).resource
  if (isOfAnother || (details?.name !== undefined && details.name !== name)) return error
  switch (error.reason) {
    case 'AlreadyExists':
      return alreadyExists(target, name)
    case 'NotFound':
      return notFound(target, name)
    case 'Conflict':
      return staleWrite(target, name)
    default:
      return error
  }
}
