import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'
import { isRejection, unresolvable, type CycleState, type Rejection } from '../framework/plugin.ts'
import type { Profile } from '../framework/profile.ts'
import { feasibleNodesWanted } from './feasible-count.ts'
import type { FitFailure } from './fit-failure.ts'

export interface Placement {
  nodeName: string
  /** For the extension points that follow. */
  state: CycleState
}

export type CycleResult = { placement: Placement } | { failure: FitFailure; state: CycleState }

type Filters = Profile['filter']

/** Finds the best node for one Pod after the other. Synchronous; its buffers are used again and again. */
export class SchedulingCycle {
  readonly #snapshot: Snapshot
  readonly #random: () => number
  readonly #feasible: NodeInfo[] = []
  #scores = new Float64Array(512)
  #totals = new Float64Array(512)
  /** Where the last search ended: the next begins there, so that all nodes get their turn. */
  #start = 0

  constructor(snapshot: Snapshot, random: () => number) {
    this.#snapshot = snapshot
    this.#random = random
  }

  run(pod: PodInfo, profile: Profile): CycleResult {
    const state: CycleState = new Map()
    const nodes = this.#snapshot.nodes
    const rejections = new Map<Rejection, { plugin: string; nodes: number }>()
    const fail = (preFilterMessage?: string, by: Iterable<string> = []): CycleResult => ({
      state,
      failure: {
        nodeCount: nodes.length,
        rejections,
        rejectedBy: new Set([...[...rejections.values()].map(({ plugin }) => plugin), ...by]),
        preFilterMessage,
        postFilterMessage: undefined,
      },
    })

    const prepared = this.#preFilter(pod, profile, state)
    if ('rejection' in prepared) return fail(prepared.rejection.reasons.join(', '), [prepared.plugin])
    const count = this.#filter(pod, { ...prepared, state, rejections })
    if (count === 0) {
      // Nodes that a plugin ruled out by name were not looked at, but are told of.
      const ruledOut = prepared.nodeNames ? nodes.length - countOf(rejections) : 0
      const plugins = prepared.restrictedBy.join(' ')
      if (ruledOut > 0) rejections.set(unresolvable(`node(s) didn't satisfy plugin(s) [${plugins}]`), { plugin: plugins, nodes: ruledOut })
      return fail(undefined, prepared.restrictedBy)
    }
    const best = count === 1 ? 0 : this.#best(pod, profile, { state, count })
    return { placement: { nodeName: this.#feasible[best]!.name, state } }
  }

  #preFilter(
    pod: PodInfo,
    profile: Profile,
    state: CycleState,
  ): { filters: Filters; nodeNames: ReadonlySet<string> | undefined; restrictedBy: string[] } | { rejection: Rejection; plugin: string } {
    const skipped = new Set<string>()
    const restrictedBy: string[] = []
    let nodeNames: ReadonlySet<string> | undefined
    for (const plugin of profile.preFilter) {
      const result = plugin.preFilter(pod, this.#snapshot, state)
      if (result === undefined) continue
      if (result === 'skip') skipped.add(plugin.name)
      else if (isRejection(result)) return { rejection: result, plugin: plugin.name }
      else {
        nodeNames = nodeNames ? intersection(nodeNames, result.nodeNames) : result.nodeNames
        restrictedBy.push(plugin.name)
      }
    }
    const filters = skipped.size === 0 ? profile.filter : profile.filter.filter(({ name }) => !skipped.has(name))
    return { filters, nodeNames, restrictedBy }
  }

  /** Fills #feasible with enough right nodes; returns how many. */
  #filter(
    pod: PodInfo,
    search: {
      filters: Filters
      nodeNames: ReadonlySet<string> | undefined
      state: CycleState
      rejections: Map<Rejection, { plugin: string; nodes: number }>
    },
  ): number {
    const { filters, state, rejections } = search
    const nodes = search.nodeNames ? this.#named(search.nodeNames) : this.#snapshot.nodes
    const wanted = search.nodeNames ? nodes.length : feasibleNodesWanted(nodes.length)
    const total = nodes.length
    const start = total === 0 ? 0 : this.#start % total
    let found = 0
    let looked = 0
    for (; looked < total && found < wanted; looked++) {
      const at = start + looked
      const node = nodes[at < total ? at : at - total]!
      let isRight = true
      for (let i = 0; i < filters.length; i++) {
        const plugin = filters[i]!
        const rejected = plugin.filter(pod, node, state)
        if (rejected === undefined) continue
        const known = rejections.get(rejected)
        if (known) known.nodes++
        else rejections.set(rejected, { plugin: plugin.name, nodes: 1 })
        isRight = false
        break
      }
      if (isRight) this.#feasible[found++] = node
    }
    if (!search.nodeNames && total > 0) this.#start = (start + looked) % total
    return found
  }

  #named(names: ReadonlySet<string>): NodeInfo[] {
    return [...names].flatMap((name) => this.#snapshot.get(name) ?? [])
  }

  /** Index of the node with the highest total; of several, any. */
  #best(pod: PodInfo, profile: Profile, { state, count }: { state: CycleState; count: number }): number {
    if (this.#scores.length < count) {
      this.#scores = new Float64Array(count * 2)
      this.#totals = new Float64Array(count * 2)
    }
    const scores = this.#scores
    const totals = this.#totals.fill(0, 0, count)
    for (const { plugin, weight } of profile.score) {
      if (plugin.preScore?.(pod, this.#snapshot, state) === 'skip') continue
      for (let i = 0; i < count; i++) scores[i] = plugin.score(pod, this.#feasible[i]!, state)
      plugin.normalize?.(scores, count)
      for (let i = 0; i < count; i++) totals[i]! += scores[i]! * weight
    }
    let best = 0
    let ties = 1
    for (let i = 1; i < count; i++) {
      if (totals[i]! > totals[best]!) {
        best = i
        ties = 1
      } else if (totals[i] === totals[best] && this.#random() * ++ties < 1) best = i
    }
    return best
  }
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((name) => b.has(name)))
}

function countOf(rejections: ReadonlyMap<Rejection, { nodes: number }>): number {
  let total = 0
  for (const { nodes } of rejections.values()) total += nodes
  return total
}
