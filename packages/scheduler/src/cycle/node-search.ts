import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'
import type { CycleState } from '../framework/cycle-state.ts'
import type { NodeTrial } from '../framework/failed-attempt.ts'
import { isRejection } from '../framework/plugin.ts'
import type { Profile } from '../framework/profile.ts'
import { unresolvable, type Rejection } from '../framework/rejection.ts'
import { feasibleNodesWanted } from './feasible-count.ts'
import { TrialNode } from './trial-node.ts'

/** How many nodes a rejection stands for, and whose it is. */
export type RejectionCounts = Map<Rejection, { plugin: string; nodes: number }>

const noFilters: Profile['filter'] = []

/** Finds the nodes that are right for one Pod after the other. Synchronous; its buffers are used again and again. */
export class NodeSearch {
  readonly #snapshot: Snapshot
  /** Right nodes, in the order in which they were found. */
  readonly feasible: NodeInfo[] = []
  counts: RejectionCounts = new Map()
  /** Plugins that named the only nodes that can be right. */
  restrictedBy: string[] = []
  /** Of the whole cluster, from a plugin that turned the Pod away before any node was looked at. */
  preFilterRejection: Rejection | undefined
  #pod!: PodInfo
  #profile!: Profile
  #state!: CycleState
  #filters: Profile['filter'] = noFilters
  #nodeNames: ReadonlySet<string> | undefined
  /** Parallel: the nodes that were rejected, and with what. */
  readonly #rejectedNodes: NodeInfo[] = []
  readonly #rejectedWith: Rejection[] = []
  /** Where the last search ended: the next begins there, so that all nodes get their turn. */
  #start = 0

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
  }

  /** Asks the plugins to prepare. Whether there is anything to look at. */
  begin(pod: PodInfo, profile: Profile, state: CycleState): boolean {
    this.#pod = pod
    this.#profile = profile
    this.#state = state
    this.#nodeNames = undefined
    this.feasible.length = 0
    this.#rejectedNodes.length = 0
    this.#rejectedWith.length = 0
    if (this.counts.size > 0) this.counts = new Map()
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
    if (!plugin) return true
    this.reject(node, plugin, this.#lastRejection!)
    return false
  }

  /** Fills `feasible` with enough right nodes; returns how many. */
  run(): number {
    if (this.#nodeNames) return this.#look(this.#named(this.#nodeNames), { wanted: Infinity, rotates: false })
    const { nodes } = this.#snapshot
    const wanted = feasibleNodesWanted(nodes.length, this.#profile.percentageOfNodesToScore)
    const candidates = this.#candidates()
    if (!candidates) return this.#look(nodes, { wanted, rotates: true })
    const found = this.#look([...candidates], { wanted, rotates: false })
    if (found > 0 || candidates.size >= nodes.length) return found
    // All others are wrong as well: they are asked for what they are told to lack.
    const looked = new Set(candidates)
    return this.#look(
      nodes.filter((node) => !looked.has(node)),
      { wanted, rotates: false },
    )
  }

  /** Nodes that a plugin ruled out by name were not looked at, but are told of. */
  countRuledOut(): void {
    if (!this.#nodeNames) return
    const ruledOut = this.#snapshot.nodes.length - this.#rejectedNodes.length
    const plugin = this.restrictedBy.join(' ')
    if (ruledOut > 0) this.counts.set(unresolvable(`node(s) didn't satisfy plugin(s) [${plugin}]`), { plugin, nodes: ruledOut })
  }

  /** As a node that a part outside the filters turned down. */
  reject(node: NodeInfo, plugin: string, rejected: Rejection): void {
    const known = this.counts.get(rejected)
    if (known) known.nodes++
    else this.counts.set(rejected, { plugin, nodes: 1 })
    this.#rejectedNodes.push(node)
    this.#rejectedWith.push(rejected)
  }

  rejectionOf(nodeName: string): Rejection | undefined {
    if (this.preFilterRejection) return this.preFilterRejection
    return this.#rejectedWith[this.#rejectedNodes.findIndex(({ name }) => name === nodeName)]
  }

  resolvableNodes(): readonly NodeInfo[] {
    if (this.preFilterRejection) return this.preFilterRejection.isUnresolvable ? [] : this.#snapshot.nodes
    return this.#rejectedNodes.filter((_node, i) => !this.#rejectedWith[i]!.isUnresolvable)
  }

  trialOn(base: NodeInfo): NodeTrial {
    const node = new TrialNode(base)
    const state = this.#state
    state.trial = new Map()
    const { plugins } = this.#profile
    return {
      add: (other) => {
        node.add(other)
        for (const plugin of plugins) plugin.addPod?.(this.#pod, { other, node }, state)
      },
      remove: (other) => {
        node.remove(other)
        for (const plugin of plugins) plugin.removePod?.(this.#pod, { other, node }, state)
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

  #named(names: ReadonlySet<string>): NodeInfo[] {
    return [...names].flatMap((name) => this.#snapshot.get(name) ?? [])
  }

  #lastRejection: Rejection | undefined

  /** Name of the plugin that rejects the node: as it is, and as it will be when the Pods come that room is made for there. */
  #rejectingPlugin(node: NodeInfo): string | undefined {
    if (this.#snapshot.nominations.size > 0) {
      const expected = this.#expectedOn(node)
      if (expected.length > 0) {
        const plugin = this.#asIfThere(expected, node)
        if (plugin) return plugin
      }
    }
    return this.#firstRejecting(node)
  }

  #expectedOn({ name }: NodeInfo): readonly PodInfo[] {
    const { uid, priority } = this.#pod
    return this.#snapshot.nominations.on(name).filter((pod) => pod.uid !== uid && pod.priority >= priority)
  }

  #asIfThere(expected: readonly PodInfo[], node: NodeInfo): string | undefined {
    const state = this.#state
    const outer = state.trial
    state.trial = new Map(outer)
    const trial = new TrialNode(node)
    for (const other of expected) {
      trial.add(other)
      for (const plugin of this.#profile.plugins) plugin.addPod?.(this.#pod, { other, node: trial }, state)
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
