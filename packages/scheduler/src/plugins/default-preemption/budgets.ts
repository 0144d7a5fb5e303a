import { podDisruptionBudgets, type PodDisruptionBudget } from '@quarterdeck/api'
import { matchesRequirements, requirementsOf, type Requirement } from '@quarterdeck/api-machinery'
import type { Caches } from '@quarterdeck/controller-runtime'

import type { PodInfo } from '../../cache/pod-info.ts'

interface Budget {
  budget: PodDisruptionBudget
  requirements: readonly Requirement[]
}

/** The disruption budgets at the time of one attempt. */
export class Budgets {
  readonly #caches: Caches
  readonly #byNamespace = new Map<string, readonly Budget[]>()
  /** The same as long as no budget changed. */
  readonly signature: string

  constructor(caches: Caches) {
    this.#caches = caches
    const budgets = caches.cache(podDisruptionBudgets)
    this.signature =
      budgets.size === 0
        ? ''
        : budgets
            .list()
            .map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`)
            .join()
  }

  /** Which of the Pods could not go without violating a budget, if they went one after the other. */
  violatedBy(pods: readonly PodInfo[]): ReadonlySet<PodInfo> {
    const violating = new Set<PodInfo>()
    if (this.signature === '') return violating
    const spent = new Map<Budget, number>()
    for (const pod of pods) {
      for (const budget of this.#of(pod)) {
        const count = (spent.get(budget) ?? 0) + 1
        spent.set(budget, count)
        if (count > (budget.budget.status?.disruptionsAllowed ?? 0)) {
          violating.add(pod)
          break
        }
      }
    }
    return violating
  }

  /** A budget that selects nothing in particular protects nothing; one that counts the Pod as going already is not asked again. */
  #of({ namespace, labels, pod }: PodInfo): Budget[] {
    return this.#in(namespace).filter(
      ({ budget, requirements }) =>
        requirements.length > 0 &&
        matchesRequirements(requirements, labels) &&
        budget.status?.disruptedPods?.[pod.metadata.name] === undefined,
    )
  }

  #in(namespace: string): readonly Budget[] {
    const known = this.#byNamespace.get(namespace)
    if (known) return known
    const budgets = this.#caches
      .cache(podDisruptionBudgets)
      .list(namespace)
      .map((budget): Budget => ({ budget, requirements: requirementsOf(budget.spec?.selector ?? {}) }))
    this.#byNamespace.set(namespace, budgets)
    return budgets
  }
}
