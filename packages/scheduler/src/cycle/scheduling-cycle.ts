import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'
import { CycleState } from '../framework/cycle-state.ts'
import type { Extender } from '../framework/extender.ts'
import type { FailedAttempt } from '../framework/failed-attempt.ts'
import type { Profile } from '../framework/profile.ts'
import { askExtenders } from './ask-extenders.ts'
import type { FitFailure } from './fit-failure.ts'
import { NodeChoice } from './node-choice.ts'
import { NodeSearch, type RejectionCounts } from './node-search.ts'

export interface Placement {
  nodeName: string
  /** For the extension points that follow. */
  state: CycleState
}

export type CycleResult = { placement: Placement } | { failure: FitFailure; attempt: FailedAttempt }

/** Finds the best node for one Pod after the other. What a result says of a failed attempt holds until the next run. */
export class SchedulingCycle {
  readonly #snapshot: Snapshot
  readonly #search: NodeSearch
  readonly #choice: NodeChoice

  constructor(snapshot: Snapshot, random: () => number) {
    this.#snapshot = snapshot
    this.#search = new NodeSearch(snapshot)
    this.#choice = new NodeChoice(snapshot, random)
  }

  /** A promise only if extenders are asked. */
  run(pod: PodInfo, profile: Profile): CycleResult | Promise<CycleResult> {
    const state = new CycleState()
    if (this.#snapshot.nodes.length === 0) return this.#fail(state, profile)
    const search = this.#search
    if (!search.begin(pod, profile, state)) return this.#fail(state, profile)
    const extenders = extendersFor(pod, profile)
    const nominated = this.#nominatedNode(pod)
    if (nominated && extenders.length === 0) return { placement: { nodeName: nominated.name, state } }
    if (search.run() === 0) return this.#fail(state, profile)
    if (extenders.length > 0) return this.#withExtenders(pod, profile, { state, extenders })
    return { placement: { nodeName: this.#choice.best(pod, search.feasible, { profile, state }).name, state } }
  }

  /** Where room was made for the Pod, if it is there now. */
  #nominatedNode(pod: PodInfo): NodeInfo | undefined {
    const nodeName = this.#snapshot.nominations.nodeOf(pod.uid) ?? pod.pod.status.nominatedNodeName
    const node = nodeName ? this.#snapshot.get(nodeName) : undefined
    return node && this.#search.isRight(node) ? node : undefined
  }

  /** While extenders are asked the cluster goes on: a node that is not right any more is not chosen. */
  async #withExtenders(
    pod: PodInfo,
    profile: Profile,
    { state, extenders }: { state: CycleState; extenders: readonly Extender[] },
  ): Promise<CycleResult> {
    const search = this.#search
    const { right, scores, failed } = await askExtenders(pod, extenders, [...search.feasible])
    for (const { node, extender, rejection } of failed) search.reject(node, { plugin: extender, rejection })
    const still = right.filter(({ name }) => {
      const node = this.#snapshot.get(name)
      return node !== undefined && search.accepts(node)
    })
    if (still.length === 0) return this.#fail(state, profile)
    return { placement: { nodeName: this.#choice.best(pod, still, { profile, state, extra: scores }).name, state } }
  }

  #fail(state: CycleState, profile: Profile): CycleResult {
    const search = this.#search
    const { preFilterRejection, restrictedBy } = search
    const nodeCount = this.#snapshot.nodes.length
    const rejections: RejectionCounts = nodeCount > 0 && !preFilterRejection ? search.countRejections() : new Map()
    const rejectedBy = new Set(nodeCount > 0 ? restrictedBy : [])
    for (const { plugin } of rejections.values()) for (const name of plugin.split(' ')) rejectedBy.add(name)
    return {
      failure: {
        nodeCount,
        rejections,
        rejectedBy,
        preFilterMessage: nodeCount > 0 ? preFilterRejection?.reasons.join(', ') : undefined,
        postFilterMessage: undefined,
      },
      attempt: {
        snapshot: this.#snapshot,
        state,
        extenders: profile.extenders,
        get isNodeLocal() {
          return search.isNodeLocal
        },
        rejectionOf: (nodeName) => search.rejectionOf(nodeName),
        resolvableNodes: () => search.resolvableNodes(),
        trialOn: (node) => search.trialOn(node),
      },
    }
  }
}

const noExtenders: readonly Extender[] = []

function extendersFor(pod: PodInfo, { extenders }: Profile): readonly Extender[] {
  if (extenders.length === 0) return noExtenders
  return extenders.filter((extender) => (extender.filters || extender.prioritizes) && extender.isInterestedIn(pod))
}
