import { disruptionConditionOf, podDisruptionBudgets, withDisruptionCondition, type Pod, type PodDisruptionBudget } from '@quarterdeck/api'
import { ApiError, forbidden, matchesLabelSelector, timestamp } from '@quarterdeck/api-machinery'
import type { StoredObject, Write } from '@quarterdeck/storage'

import type { ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { updateWrite } from '../writes/build-write.ts'

const maxDisruptedPods = 2000
const retryAfterSeconds = 10

/**
 * What an eviction takes from the budget that guards the pod: the write that must be stored with it, or none if the pod is
 * guarded by none or is not healthy anyway. Throws TooManyRequests if the budget allows no disruption now.
 */
export async function takeFromBudget(core: ApiCore, request: ApiRequest, pod: Pod): Promise<Write | undefined> {
  const stored = await budgetOf(core, pod)
  if (!stored) return undefined
  const budget = stored.object as PodDisruptionBudget
  if (!isReady(pod) && mayGoUnhealthy(budget)) return undefined
  const status = decremented(budget, pod.metadata.name)
  return updateWrite(
    { ...request, kind: podDisruptionBudgets, name: budget.metadata.name },
    { ...budget, status } as PodDisruptionBudget,
    stored,
  )
}

async function budgetOf(core: ApiCore, pod: Pod): Promise<StoredObject | undefined> {
  const { namespace, labels } = pod.metadata
  const budgets = (await core.freshCacheOf(podDisruptionBudgets)).list(namespace)
  const guarding = budgets.filter(({ object }) => {
    const { selector } = (object as PodDisruptionBudget).spec ?? {}
    return selector && matchesLabelSelector(selector, labels)
  })
  if (guarding.length > 1)
    throw new ApiError('InternalError', 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.')
  return guarding[0]
}

const isReady = ({ status }: Pod): boolean => status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'

/** A pod that is not ready is no loss; unless asked to be generous, its budget must be met by others all the same. */
function mayGoUnhealthy({ spec, status }: PodDisruptionBudget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {}
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy
}

function decremented({ metadata, status }: PodDisruptionBudget, podName: string): NonNullable<PodDisruptionBudget['status']> {
  const { name } = metadata
  if (!status || (status.observedGeneration ?? 0) < (metadata.generation ?? 0))
    throw refused(`The disruption budget ${name} is still being processed by the server.`, retryAfterSeconds)
  const target = { group: 'policy', resource: 'poddisruptionbudget' }
  const { disruptionsAllowed = 0 } = status
  if (disruptionsAllowed < 0) throw forbidden(target, name, 'pdb disruptions allowed is negative')
  if (Object.keys(status.disruptedPods ?? {}).length > maxDisruptedPods)
    throw forbidden(target, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  if (disruptionsAllowed === 0) throw refused(whyNone(name, status))
  const now = Date.now()
  const next = {
    ...status,
    disruptionsAllowed: disruptionsAllowed - 1,
    disruptedPods: { ...status.disruptedPods, [podName]: timestamp(new Date(now)) },
  }
  return next.disruptionsAllowed === 0 ? withDisruptionCondition(next, now) : next
}

function whyNone(name: string, status: NonNullable<PodDisruptionBudget['status']>): string {
  const condition = disruptionConditionOf(status)
  const isRefused = condition?.status === 'False' && condition.message !== ''
  const cannot = `The disruption budget ${name} does not allow evicting pods currently`
  if (isRefused && condition.reason === 'SyncFailed') return `${cannot} because it failed sync: ${condition.message}`
  const { currentHealthy = 0, desiredHealthy = 0 } = status
  if (currentHealthy <= desiredHealthy)
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  return isRefused ? `${cannot} (${condition.reason}): ${condition.message}` : cannot
}

/** Clients such as `kubectl drain` try again on TooManyRequests. */
function refused(message: string, afterSeconds = 0): ApiError {
  return new ApiError('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message }],
    ...(afterSeconds > 0 ? { retryAfterSeconds: afterSeconds } : {}),
  })
}
