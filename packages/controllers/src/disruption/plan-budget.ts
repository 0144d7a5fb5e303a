import { resolveCount, withDisruptionCondition, type Pod, type PodDisruptionBudget } from '@quarterdeck/api'
import { controllerOf } from '@quarterdeck/api-machinery'

import { isReady, isTerminating } from '../pods/pod-state.ts'

/** An eviction that is not followed by the deletion of its pod within this time does not count any more. */
export const deletionTimeoutMs = 120_000

export type BudgetStatus = NonNullable<PodDisruptionBudget['status']>

export interface BudgetPlan {
  status: BudgetStatus
  /** Pods that no controller wants: how many there should be of them nobody says. */
  unmanaged: Pod[]
  /** Pods whose eviction was granted and that are still there. */
  notDeleted: Pod[]
  /** When a granted eviction runs out though nothing happens. */
  lookAgainInMs: number | undefined
}

/** How many pods the controller of one wants; undefined if it wants no fixed number. */
export type WantedByController = (pod: Pod) => { uid: string; replicas: number } | undefined

/** How many of the pods a budget guards may go now. Throws Error, to be told in the budget's condition, if that cannot be known. */
export function planBudget(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  { wantedBy, nowMs }: { wantedBy: WantedByController; nowMs: number },
): BudgetPlan {
  const { expectedPods, desiredHealthy, unmanaged } = expectationOf(budget, pods, wantedBy)
  const granted = grantedEvictions(budget, pods, nowMs)
  const currentHealthy = pods.filter((pod) => !isTerminating(pod) && !(pod.metadata.name in granted.pods) && isReady(pod)).length
  // While no pod is known of, the first ones to come must find a budget that holds them.
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0
  const status: BudgetStatus = {
    ...budget.status,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    disruptionsAllowed,
    disruptedPods: Object.keys(granted.pods).length > 0 ? granted.pods : undefined,
    observedGeneration: budget.metadata.generation,
  }
  return {
    status: withDisruptionCondition(status, nowMs),
    unmanaged,
    notDeleted: granted.overdue,
    lookAgainInMs: granted.nextEndMs === undefined ? undefined : granted.nextEndMs - nowMs,
  }
}

interface Expectation {
  expectedPods: number
  desiredHealthy: number
  unmanaged: Pod[]
}

function expectationOf({ spec }: PodDisruptionBudget, pods: readonly Pod[], wantedBy: WantedByController): Expectation {
  const { minAvailable, maxUnavailable } = spec ?? {}
  if (maxUnavailable !== undefined) {
    const { expectedPods, unmanaged } = totalWanted(pods, wantedBy)
    return { expectedPods, unmanaged, desiredHealthy: Math.max(0, expectedPods - resolveCount(maxUnavailable, expectedPods, Math.ceil)) }
  }
  if (typeof minAvailable === 'string') {
    const { expectedPods, unmanaged } = totalWanted(pods, wantedBy)
    return { expectedPods, unmanaged, desiredHealthy: resolveCount(minAvailable, expectedPods, Math.ceil) }
  }
  // Kubernetes' answer to a budget without a limit: it expects nothing, and allows nothing.
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0, unmanaged: [] }
  return { expectedPods: pods.length, desiredHealthy: minAvailable, unmanaged: [] }
}

/** A share is of what all controllers of the pods want together. */
function totalWanted(pods: readonly Pod[], wantedBy: WantedByController): { expectedPods: number; unmanaged: Pod[] } {
  const unmanaged: Pod[] = []
  const byController = new Map<string, number>()
  const seen = new Set<string>()
  for (const pod of pods) {
    const owner = controllerOf(pod)
    if (!owner) unmanaged.push(pod)
    if (!owner || seen.has(owner.uid)) continue
    seen.add(owner.uid)
    const wanted = wantedBy(pod)
    if (!wanted) throw new Error(`found no controllers for pod ${JSON.stringify(pod.metadata.name)}`)
    byController.set(wanted.uid, wanted.replicas)
  }
  return { expectedPods: [...byController.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged }
}

function grantedEvictions(
  { status }: PodDisruptionBudget,
  pods: readonly Pod[],
  nowMs: number,
): { pods: Record<string, string>; overdue: Pod[]; nextEndMs: number | undefined } {
  const kept: Record<string, string> = {}
  const overdue: Pod[] = []
  let nextEndMs: number | undefined
  for (const pod of pods) {
    const grantedAt = status?.disruptedPods?.[pod.metadata.name]
    if (grantedAt === undefined || isTerminating(pod)) continue
    const endMs = Date.parse(grantedAt) + deletionTimeoutMs
    if (endMs <= nowMs) {
      overdue.push(pod)
      continue
    }
    kept[pod.metadata.name] = grantedAt
    nextEndMs = Math.min(nextEndMs ?? Infinity, endMs)
  }
  return { pods: kept, overdue, nextEndMs }
}
