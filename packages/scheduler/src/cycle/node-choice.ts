import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'
import type { CycleState } from '../framework/cycle-state.ts'
import type { Profile } from '../framework/profile.ts'

export interface ChoiceContext {
  profile: Profile
  state: CycleState
  /** Scores of extenders, by node name. */
  extra?: ReadonlyMap<string, number> | undefined
}

/** Chooses the best of the right nodes. Its buffers are used again and again. */
export class NodeChoice {
  readonly #snapshot: Snapshot
  readonly #random: () => number
  #scores = new Float64Array(512)
  #totals = new Float64Array(512)

  constructor(snapshot: Snapshot, random: () => number) {
    this.#snapshot = snapshot
    this.#random = random
  }

  /** The node with the highest total; of several, any. There is at least one. */
  best(pod: PodInfo, feasible: readonly NodeInfo[], context: ChoiceContext): NodeInfo {
    if (feasible.length === 1 && !context.extra) return feasible[0]!
    const totals = this.#score(pod, feasible, context)
    let best = 0
    let ties = 1
    for (let i = 1; i < feasible.length; i++) {
      if (totals[i]! > totals[best]!) {
        best = i
        ties = 1
      } else if (totals[i] === totals[best] && this.#random() * ++ties < 1) best = i
    }
    return feasible[best]!
  }

  #score(pod: PodInfo, feasible: readonly NodeInfo[], { profile, state, extra }: ChoiceContext): Float64Array {
    const count = feasible.length
    if (this.#scores.length < count) {
      this.#scores = new Float64Array(count * 2)
      this.#totals = new Float64Array(count * 2)
    }
    const scores = this.#scores
    const totals = this.#totals.fill(0, 0, count)
    const context = { snapshot: this.#snapshot, feasible }
    for (const { plugin, weight } of profile.score) {
      if (plugin.preScore?.(pod, context, state) === 'skip') continue
      for (let i = 0; i < count; i++) scores[i] = plugin.score(pod, feasible[i]!, state)
      plugin.normalize?.(scores, count)
      for (let i = 0; i < count; i++) totals[i]! += scores[i]! * weight
    }
    if (extra) for (let i = 0; i < count; i++) totals[i]! += extra.get(feasible[i]!.name) ?? 0
    return totals
  }
}
