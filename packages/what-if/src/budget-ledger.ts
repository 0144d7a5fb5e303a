import { podDisruptionBudgets, type Kind, type Pod, type PodDisruptionBudget } from '@quarterdeck/api'
import { keyOf, matchesRequirements, requirementsOf } from '@quarterdeck/api-machinery'
import { planBudget, wantedByScale } from '@quarterdeck/controllers'
import type { Sandbox } from '@quarterdeck/scheduler'

/** Why a Pod may not be evicted. */
export interface Refusal {
  budgets: string[]
  message: string
}

/** The disruption budgets of a sandbox: taken from by evictions, and worked out again from its Pods. */
export class BudgetLedger {
  readonly #sandbox: Sandbox
  readonly #scalable: readonly Kind[]

  /** `kinds`: all that may own Pods. */
  constructor(sandbox: Sandbox, kinds: readonly Kind[]) {
    this.#sandbox = sandbox
    this.#scalable = kinds.filter((kind) => kind.scale && !kind.storedAs)
  }

  /** Takes one disruption for the eviction of a Pod; what refuses it, if anything. The rules of the eviction subresource. */
  take(pod: Pod): Refusal | undefined {
    if ((pod.status.phase ?? 'Pending') === 'Pending') return undefined
    const guarding = this.#guarding(pod)
    const [budget] = guarding
    if (!budget) return undefined
    const budgets = guarding.map(({ metadata }) => metadata.name)
    if (guarding.length > 1) return { budgets, message: 'it has more than one disruption budget, which evictions do not support' }
    const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {}
    if (
      !isReady(pod) &&
      (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (desiredHealthy > 0 && currentHealthy >= desiredHealthy))
    )
      return undefined
    if (disruptionsAllowed <= 0) {
      const { name } = budget.metadata
      return { budgets, message: `the disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy}` }
    }
    const status = {
      ...budget.status,
      disruptionsAllowed: disruptionsAllowed - 1,
      currentHealthy: currentHealthy - 1,
      desiredHealthy,
      expectedPods: budget.status?.expectedPods ?? 0,
    }
    this.#sandbox.caches.set(podDisruptionBudgets, { ...budget, status })
    return undefined
  }

  /** Works the budgets of some namespaces out again, from the Pods as they are now. */
  refresh(namespaces: ReadonlySet<string>): void {
    const { caches, core } = this.#sandbox
    const budgets = [...namespaces].flatMap((namespace) => caches.cache(podDisruptionBudgets).list(namespace))
    if (budgets.length === 0) return
    const pods: Pod[] = []
    for (const node of core.cache.nodes) for (const info of node.pods.values()) if (namespaces.has(info.namespace)) pods.push(info.pod)
    for (const { pod } of core.pending) if (namespaces.has(pod.namespace)) pods.push(pod.pod)
    const wantedBy = wantedByScale(this.#scalable, caches)
    const nowMs = Date.now()
    for (const budget of budgets) {
      const isGuarded = guardOf(budget)
      const guarded = pods.filter(isGuarded)
      try {
        caches.set(podDisruptionBudgets, { ...budget, status: planBudget(budget, guarded, { wantedBy, nowMs }).status })
      } catch {
        // As the controller does: what cannot be worked out allows nothing.
        caches.set(podDisruptionBudgets, {
          ...budget,
          status: { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...budget.status, disruptionsAllowed: 0 },
        })
      }
    }
  }

  #guarding(pod: Pod): PodDisruptionBudget[] {
    const { namespace } = keyOf(pod)
    return this.#sandbox.caches
      .cache(podDisruptionBudgets)
      .list(namespace)
      .filter((budget) => guardOf(budget)(pod))
  }
}

/** Whether a budget guards a Pod: the selector is read once. */
function guardOf({ metadata: { namespace }, spec }: PodDisruptionBudget): (pod: Pod) => boolean {
  if (!spec?.selector) return () => false
  const requirements = requirementsOf(spec.selector)
  return ({ metadata }) => metadata.namespace === namespace && matchesRequirements(requirements, metadata.labels)
}

const isReady = ({ status }: Pod): boolean => status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
