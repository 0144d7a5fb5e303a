import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'
import { CycleState } from '../framework/cycle-state.ts'
import { isRejection, type Plugin } from '../framework/plugin.ts'
import type { Profile } from '../framework/profile.ts'
import type { Rejection } from '../framework/rejection.ts'

export interface Rejected {
  plugin: Plugin
  rejection: Rejection
}

/**
 * The filters of a profile for one Pod, to be asked about any node: unlike a cycle's search it remembers nothing, counts no Pods that
 * room is made for, and asks all filters where that is wanted. Good for as long as the snapshot does not change.
 */
export class FilterRun {
  readonly state = new CycleState()
  /** Of the whole cluster: the Pod was turned away before any node was looked at. */
  readonly refusal: Rejected | undefined
  readonly #pod: PodInfo
  readonly #filters: Profile['filter']

  constructor(pod: PodInfo, profile: Profile, snapshot: Snapshot) {
    const skipped = new Set<string>()
    let refusal: Rejected | undefined
    for (const plugin of profile.preFilter) {
      const result = plugin.preFilter(pod, snapshot, this.state)
      if (result === 'skip') skipped.add(plugin.name)
      else if (isRejection(result)) refusal ??= { plugin, rejection: result }
    }
    this.#pod = pod
    this.refusal = refusal
    this.#filters = profile.filter.filter(({ name }) => !skipped.has(name))
  }

  accepts(node: NodeInfo): boolean {
    return this.firstRejecting(node) === undefined
  }

  firstRejecting(node: NodeInfo): Rejected | undefined {
    if (this.refusal) return this.refusal
    for (const plugin of this.#filters) {
      const rejection = plugin.filter(this.#pod, node, this.state)
      if (rejection) return { plugin, rejection }
    }
    return undefined
  }

  /** Everything that speaks against the node, not only the first. */
  allRejecting(node: NodeInfo): Rejected[] {
    if (this.refusal) return [this.refusal]
    return this.#filters.flatMap((plugin) => {
      const rejection = plugin.filter(this.#pod, node, this.state)
      return rejection ? [{ plugin, rejection }] : []
    })
  }
}
