import { LruMap } from '@quarterdeck/controller-runtime'

import type { PodInfo } from '../cache/pod-info.ts'
import { schedulingClassOf } from '../cache/scheduling-class.ts'
import type { Profile } from '../framework/profile.ts'
import type { FitFailure } from './fit-failure.ts'

const mostClasses = 1000

interface Remembered {
  failure: FitFailure
  improvements: number
  additions: number
  /** Whether a Pod that comes to a node could help. */
  dependsOnAdditions: boolean
}

/**
 * Remembers that a Pod found no node, as long as nothing happened that could have helped it: another Pod of the same class would find
 * none either. Of ten thousand Pods from one template that fit nowhere, one is tried.
 */
export class FailureMemo {
  readonly #failures = new LruMap<string, Remembered>(mostClasses)
  #improvements = 0
  #additions = 0

  /** A Pod came to a node. */
  onAddition(): void {
    this.#additions++
  }

  /** Anything else happened that may help a Pod. */
  onImprovement(): void {
    this.#improvements++
  }

  get(pod: PodInfo): FitFailure | undefined {
    if (this.#failures.size === 0) return undefined
    const known = this.#failures.get(schedulingClassOf(pod))
    if (!known || known.improvements !== this.#improvements) return undefined
    return known.dependsOnAdditions && known.additions !== this.#additions ? undefined : known.failure
  }

  set(pod: PodInfo, profile: Profile, failure: FitFailure): void {
    const hints = [...failure.rejectedBy].map((name) => profile.byName.get(name)?.hints)
    if (failure.nodeCount === 0 || hints.some((known) => !known)) return
    this.#failures.set(schedulingClassOf(pod), {
      failure,
      improvements: this.#improvements,
      additions: this.#additions,
      dependsOnAdditions: hints.some((known) => known?.['pod added']),
    })
  }
}
