import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'
import type { CycleState } from '../framework/cycle-state.ts'
import type { NodeTrial } from '../framework/failed-attempt.ts'
import { isRejection } from '../framework/plugin.ts'
import type { Profile } from '../framework/profile.ts'
import { unresolvable, type Rejection } from '../framework/rejection.ts'
import { feasibleNodesWanted } from './feasible-count.ts'
import { RejectionMemo, type ClassRejections, type RejectedNode } from './rejection-memo.ts'
import { TrialNode } from './trial-node.ts'

/** How many nodes a rejection stands for, and whose it is. */
export type RejectionCounts = Map<Rejection, { plugin: string; nodes: number }>

const noFilters: Profile['filter'] = []

/** Wrong nodes in one search, from which on it pays to remember them. */
const crowdedFrom = 200

/** Finds the nodes that are right for one Pod after the other. Synchronous; its buffers are used again and again. */
export class NodeSearch {
  readonly #snapshot: Snapshot
  /** Right nodes, in the order in which they were found. */
  readonly feasible: NodeInfo[] = []
  /** Plugins that named the only nodes that can be right. */
  restrictedBy: string[] = []
  /** Of the whole cluster, from a plugin that turned the Pod away before any node was looked at. */
  preFilterRejection: Rejection | undefined
  #pod!: PodInfo
  #profile!: Profile
  #state!: CycleState
  #filters: Profile['filter'] = noFilters
  #nodeNames: ReadonlySet<string> | undefined
  /** Nodes rejected in this search alone. */
  readonly #rejected = new Map<NodeInfo, RejectedNode>()
  readonly #memo: RejectionMemo
  /** What is known of Pods of the same class, if that is worth being looked up. */
  #known: ClassRejections | undefined
  /** Whether searches come across many nodes that are wrong. */
  #isCrowded = false
  /** Where the last search ended: the next begins there, so that all nodes get their turn. */
  #start = 0

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
    this.#memo = new RejectionMemo(snapshot)
  }

  /** Whether Pods of the same class would get the same verdicts, as long as the nodes don't change. */
  get isNodeLocal(): boolean {
    return !this.preFilterRejection && !this.#isNominated && this.#filters.every((plugin) => plugin.isNodeLocal)
  }

  /** What others may do on its node doesn't hold for a Pod that room is made for itself. */
  get #isNominated(): boolean {
    return this.#snapshot.nominations.nodeOf(this.#pod.uid) !== undefined
  }

  /** Asks the plugins to prepare. Whether there is anything to look at. */
  begin(pod: PodInfo, profile: Profile, state: CycleState): boolean {
    this.#pod = pod
    this.#profile = profile
    this.#state = state
    this.#nodeNames = undefined
    this.feasible.length = 0
    this.#rejected.clear()
    this.#known = undefined
    this.restrictedBy = []
    this.preFilterRejection = undefined
    return this.#preFilter()
  }

  /** Whether the filters accept a node. */
  isRight(node: NodeInfo): boolean {
    return this.#rejectingPlugin(node) === undefined
  }

  /** As isRight; a rejection is remembered. */
  accepts(node: NodeInfo): boolean {
    const plugin = this.#rejectingPlugin(node)
    if (plugin === undefined) return true
    const rejected = { rejection: this.#lastRejection!, plugin }
    if (this.#known) this.#known.reject(node, rejected)
    else this.#rejected.set(node, rejected)
    return false
  }

  /** Fills `feasible` with enough right nodes; returns how many. */
  run(): number {
    if (this.#nodeNames) return this.#look(this.#named(this.#nodeNames), { wanted: Infinity, rotates: false })
    const { nodes } = this.#snapshot
    const wanted = feasibleNodesWanted(nodes.length, this.#profile.percentageOfNodesToScore)
    const candidates = this.#candidates()
    if (this.#isCrowded && this.isNodeLocal) {
      const known = this.#memo.of(this.#pod)
      if (!candidates || candidates.size > known.open.size) return this.#lookAtOpen(known, wanted)
    }
    if (!candidates) {
      const found = this.#look(nodes, { wanted, rotates: true })
      this.#isCrowded = this.#rejected.size > crowdedFrom
      return found
    }
    const found = this.#look([...candidates], { wanted, rotates: false })
    if (found > 0 || candidates.size >= nodes.length) return found
    // All others are wrong as well: they are asked for what they are told to lack.
    const looked = new Set(candidates)
    return this.#look(
      nodes.filter((node) => !looked.has(node)),
      { wanted, rotates: false },
    )
  }

  /** How many nodes each rejection stands for. */
  countRejections(): RejectionCounts {
    const counts: RejectionCounts = new Map()
    for (const [rejection, { plugin, nodes }] of this.#known?.counts ?? []) counts.set(rejection, { plugin, nodes })
    for (const { rejection, plugin } of this.#rejected.values()) {
      const known = counts.get(rejection)
      if (known) known.nodes++
      else counts.set(rejection, { plugin, nodes: 1 })
    }
    // Nodes that a plugin ruled out by name were not looked at, but are told of.
    const ruledOut = this.#nodeNames ? this.#snapshot.nodes.length - this.#rejected.size : 0
    const plugin = this.restrictedBy.join(' ')
    if (ruledOut > 0) counts.set(unresolvable(`node(s) didn't satisfy plugin(s) [${plugin}]`), { plugin, nodes: ruledOut })
    return counts
  }

  /** As a node that a part outside the filters turned down. */
  reject(node: NodeInfo, rejected: RejectedNode): void {
    this.#rejected.set(node, rejected)
  }

  rejectionOf(nodeName: string): Rejection | undefined {
    if (this.preFilterRejection) return this.preFilterRejection
    const node = this.#snapshot.get(nodeName)
    return node && (this.#rejected.get(node) ?? this.#known?.rejected.get(node))?.rejection
  }

  resolvableNodes(): readonly NodeInfo[] {
    if (this.preFilterRejection) return this.preFilterRejection.isUnresolvable ? [] : this.#snapshot.nodes
    const nodes: NodeInfo[] = []
    if (this.#known) for (const [node, { rejection }] of this.#known.rejected) if (!rejection.isUnresolvable) nodes.push(node)
    for (const [node, { rejection }] of this.#rejected) if (!rejection.isUnresolvable) nodes.push(node)
    return nodes
  }

  trialOn(base: NodeInfo): NodeTrial {
    const node = new TrialNode(base)
    const state = this.#state
    state.trial = new Map()
    const { trialPlugins } = this.#profile
    return {
      add: (other) => {
        node.add(other)
        for (const plugin of trialPlugins) plugin.addPod?.(this.#pod, { other, node }, state)
      },
      remove: (other) => {
        node.remove(other)
        for (const plugin of trialPlugins) plugin.removePod?.(this.#pod, { other, node }, state)
      },
      rejection: () => (this.#rejectingPlugin(node) ? this.#lastRejection : undefined),
    }
  }

  #preFilter(): boolean {
    const skipped = new Set<string>()
    for (const plugin of this.#profile.preFilter) {
      const result = plugin.preFilter(this.#pod, this.#snapshot, this.#state)
      if (result === undefined) continue
      if (result === 'skip') skipped.add(plugin.name)
      else if (isRejection(result)) {
        this.preFilterRejection = result
        this.restrictedBy = [plugin.name]
        return false
      } else {
        this.#nodeNames = this.#nodeNames ? commonOf(this.#nodeNames, result.nodeNames) : result.nodeNames
        this.restrictedBy.push(plugin.name)
      }
    }
    const { filter } = this.#profile
    this.#filters = skipped.size === 0 ? filter : filter.filter(({ name }) => !skipped.has(name))
    return true
  }

  #candidates() {
    let fewest: ReturnType<NonNullable<Profile['filter'][number]['candidates']>>
    for (const plugin of this.#filters) {
      const candidates = plugin.candidates?.(this.#pod, this.#snapshot, this.#state)
      if (candidates && candidates.size < (fewest?.size ?? Infinity)) fewest = candidates
    }
    return fewest
  }

  #look(nodes: readonly NodeInfo[], { wanted, rotates }: { wanted: number; rotates: boolean }): number {
    const total = nodes.length
    const start = rotates && total > 0 ? this.#start % total : 0
    const { feasible } = this
    let looked = 0
    for (; looked < total && feasible.length < wanted; looked++) {
      const at = start + looked
      const node = nodes[at < total ? at : at - total]!
      if (this.accepts(node)) feasible.push(node)
    }
    if (rotates && total > 0) this.#start = (start + looked) % total
    return feasible.length
  }

  #lookAtOpen(known: ClassRejections, wanted: number): number {
    this.#known = known
    const { feasible } = this
    for (const node of known.open) {
      if (this.accepts(node)) feasible.push(node)
      if (feasible.length >= wanted) break
    }
    for (const node of feasible) known.postpone(node)
    this.#isCrowded = known.rejected.size > crowdedFrom
    return feasible.length
  }

  #named(names: ReadonlySet<string>): NodeInfo[] {
    return [...names].flatMap((name) => this.#snapshot.get(name) ?? [])
  }

  #lastRejection: Rejection | undefined

  /** Name of the plugin that rejects the node: as it is, or as it will be when the Pods come that room is made for there. */
  #rejectingPlugin(node: NodeInfo): string | undefined {
    const plugin = this.#firstRejecting(node)
    if (plugin !== undefined || this.#snapshot.nominations.size === 0) return plugin
    const expected = this.#expectedOn(node)
    if (expected.length === 0) return undefined
    return this.#asIfThere(expected, node)
  }

  #expectedOn({ name }: NodeInfo): readonly PodInfo[] {
    const nominated = this.#snapshot.nominations.on(name)
    if (nominated.length === 0) return nominated
    const { uid, priority } = this.#pod
    return nominated.filter((pod) => pod.uid !== uid && pod.priority >= priority)
  }

  #asIfThere(expected: readonly PodInfo[], node: NodeInfo): string | undefined {
    const state = this.#state
    const outer = state.trial
    state.trial = new Map(outer)
    const trial = new TrialNode(node)
    for (const other of expected) {
      trial.add(other)
      for (const plugin of this.#profile.trialPlugins) plugin.addPod?.(this.#pod, { other, node: trial }, state)
    }
    const plugin = this.#firstRejecting(trial)
    state.trial = outer
    return plugin
  }

  #firstRejecting(node: NodeInfo): string | undefined {
    const filters = this.#filters
    for (let i = 0; i < filters.length; i++) {
      const plugin = filters[i]!
      const rejected = plugin.filter(this.#pod, node, this.#state)
      if (rejected === undefined) continue
      this.#lastRejection = rejected
      return plugin.name
    }
    return undefined
  }
}

const commonOf = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> => new Set([...a].filter((name) => b.has(name)))
