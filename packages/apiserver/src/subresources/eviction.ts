import { evictions, modelSchemas, pods, type Pod, type V1Eviction } from '@quarterdeck/api'
import { badRequest, decodeObject, isRecord, timestamp } from '@quarterdeck/api-machinery'

import { admitValue } from '../admission/admission.ts'
import type { ApiCore } from '../api-core.ts'
import { checkedDeleteOptions } from '../endpoints/delete-options.ts'
import type { Subresource } from '../endpoints/endpoint.ts'
import { bodyOf, createdStatus } from '../endpoints/main-endpoints.ts'
import type { ApiRequest } from '../request.ts'
import { commitDeletion, planDeletion } from '../verbs/delete.ts'
import { findForWrite } from '../verbs/get.ts'
import { retryConflict } from '../verbs/retry-conflict.ts'
import { takeFromBudget } from './disruption-budget.ts'

export const eviction: Subresource = {
  name: 'eviction',
  isOf: (kind) => kind.resource === pods.resource,
  speaks: evictions,
  endpoints: {
    async create(call) {
      const { value } = await bodyOf(call)
      await evict(call.server.core, call.request, value)
      return createdStatus
    },
  },
}

/**
 * Deletes a pod on behalf of a policy/v1 Eviction, if its disruption budget allows. What is taken from the budget, why the pod
 * goes and its deletion are stored together or not at all. Throws TooManyRequests if the budget does not allow it now.
 */
async function evict(core: ApiCore, request: ApiRequest, body: unknown): Promise<void> {
  const asked = decodeEviction(body, request)
  const { dryRun, ...options } = checkedDeleteOptions(asked.deleteOptions ?? {})
  await admitValue(core, request, { operation: 'CREATE', object: asked })
  const deletion: ApiRequest = { ...request, subresource: '', dryRun: request.dryRun || dryRun }
  await retryConflict(core, deletion, async () => {
    const stored = await findForWrite(core, deletion)
    const pod = stored.object as Pod
    const taken = isLost(pod) ? undefined : await takeFromBudget(core, deletion, pod)
    const plan = await planDeletion(core, deletion, { stored, old: targeted(pod), options })
    await commitDeletion(core, deletion, taken ? { ...plan, writes: [...plan.writes, taken] } : plan)
  })
}

function decodeEviction(body: unknown, { name }: ApiRequest): V1Eviction {
  if (!isRecord(body)) throw badRequest('the body must be an Eviction object')
  const { value, typeErrors } = decodeObject(body, { $ref: 'V1Eviction' }, modelSchemas)
  if (typeErrors.length > 0) throw badRequest(`Eviction in version "v1" cannot be handled as an Eviction: ${typeErrors.join(', ')}`)
  const asked: V1Eviction = value
  if (asked.metadata?.name && asked.metadata.name !== name) throw badRequest('name in URL does not match name in Eviction object')
  return asked
}

/** Its going disrupts nothing: it ended, never ran, or goes already. */
const isLost = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined || ['Succeeded', 'Failed', 'Pending'].includes(status.phase ?? 'Pending')

/** The pod with the condition that tells its owner that it did not fail by itself. */
function targeted(pod: Pod): Pod {
  const type = 'DisruptionTarget'
  const conditions = pod.status.conditions ?? []
  if (conditions.some((condition) => condition.type === type && condition.status === 'True')) return pod
  const condition = {
    type,
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastTransitionTime: timestamp(),
  }
  return { ...pod, status: { ...pod.status, conditions: [...conditions.filter((c) => c.type !== type), condition] } }
}
