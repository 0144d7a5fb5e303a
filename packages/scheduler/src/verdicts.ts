import { LruMap } from '@quarterdeck/controller-runtime'

import type { PodInfo } from './cache/pod-info.ts'
import type { Snapshot } from './cache/scheduler-cache.ts'
import { formatFitFailure, type FitFailure } from './cycle/fit-failure.ts'
import { CycleState } from './framework/cycle-state.ts'
import type { Profile } from './framework/profile.ts'

/** What one plugin has against one node. */
export interface Verdict {
  plugin: string
  /** As in the FailedScheduling event. */
  reasons: readonly string[]
  /** With figures and names: `needs 2 CPU; 1.4 CPU free of 4 CPU`. */
  detail: string
}

export interface NodeVerdict {
  node: string
  /** Of every plugin that rejects the node, not only of the first. */
  rejections: Verdict[]
}

/** The outcome of a pending Pod's latest attempt. */
export interface PodVerdicts {
  /** `namespace/name`. */
  pod: string
  uid: string
  /** RFC 3339 with milliseconds. */
  attemptedAt: string
  message: string
  nodeCount: number
  /** How many nodes each plugin was the first to reject, over all nodes. */
  summary: { plugin: string; reasons: readonly string[]; nodes: number }[]
  /** Of the first nodes, at most `mostNodes`. */
  nodes: NodeVerdict[]
}

/** Told of every change of verdicts: how they reach other processes. */
export interface VerdictSink {
  put(pod: PodInfo['pod'], verdicts: PodVerdicts): void
  remove(podUid: string): void
}

/** Nodes whose verdicts are kept for each Pod. */
export const mostNodes = 200
const mostPods = 1000

/** An attempt that found no node. */
export interface FailedVerdict {
  failure: FitFailure
  profile: Profile
  snapshot: Snapshot
  nowMs: number
}

/** Asks every filter about every node: unlike the cycle, it does not stop at the first that rejects. */
function explain(pod: PodInfo, profile: Profile, snapshot: Snapshot): NodeVerdict[] {
  const state = new CycleState()
  const skipped = new Set(profile.preFilter.filter((plugin) => plugin.preFilter(pod, snapshot, state) === 'skip').map(({ name }) => name))
  const filters = profile.filter.filter(({ name }) => !skipped.has(name))
  return snapshot.nodes.slice(0, mostNodes).map((node) => ({
    node: node.name,
    rejections: filters.flatMap((plugin) => {
      const rejected = plugin.filter(pod, node, state)
      return rejected ? [{ plugin: plugin.name, reasons: rejected.reasons, detail: plugin.explain?.(pod, node, state) ?? '' }] : []
    }),
  }))
}

interface Entry {
  verdicts: PodVerdicts
  /** What remains to be done: the verdicts of the nodes, which nobody may ever ask for. */
  pending: (() => NodeVerdict[]) | undefined
  pod: PodInfo['pod']
}

/**
 * The verdicts of pending Pods, the most recent attempts. The nodes are asked when the scheduler has nothing else to do, or when
 * somebody wants to know.
 */
export class VerdictStore {
  readonly #entries = new LruMap<string, Entry>(mostPods)
  /** Verdicts of the nodes for Pods that failed for the same reason. */
  readonly #explained = new WeakMap<FitFailure, NodeVerdict[]>()
  readonly #pending = new Set<string>()
  readonly #sink: VerdictSink | undefined

  constructor(sink?: VerdictSink) {
    this.#sink = sink
  }

  get(podUid: string): PodVerdicts | undefined {
    const entry = this.#entries.get(podUid)
    if (entry) this.#complete(podUid, entry)
    return entry?.verdicts
  }

  put(pod: PodInfo, { failure, profile, snapshot, nowMs }: FailedVerdict): void {
    const pending = (): NodeVerdict[] => {
      const nodes = this.#explained.get(failure) ?? explain(pod, profile, snapshot)
      this.#explained.set(failure, nodes)
      return nodes
    }
    this.#entries.set(pod.uid, { verdicts: verdictsOf(pod, failure, nowMs), pending, pod: pod.pod })
    this.#pending.add(pod.uid)
    if (this.#pending.size > mostPods) this.#pending.delete(this.#pending.values().next().value!)
  }

  /** Completes the verdicts of one Pod; false if all are complete. */
  explainNext(): boolean {
    const [uid] = this.#pending
    if (uid === undefined) return false
    const entry = this.#entries.get(uid)
    if (entry) this.#complete(uid, entry)
    else this.#pending.delete(uid)
    return true
  }

  remove(podUid: string): void {
    this.#pending.delete(podUid)
    if (!this.#entries.get(podUid)) return
    this.#entries.delete(podUid)
    this.#sink?.remove(podUid)
  }

  #complete(uid: string, entry: Entry): void {
    this.#pending.delete(uid)
    if (!entry.pending) return
    const { pending } = entry
    entry.pending = undefined
    entry.verdicts.nodes = pending()
    this.#sink?.put(entry.pod, entry.verdicts)
  }
}

function verdictsOf(pod: PodInfo, failure: FitFailure, nowMs: number): PodVerdicts {
  return {
    pod: pod.key,
    uid: pod.uid,
    attemptedAt: new Date(nowMs).toISOString(),
    message: formatFitFailure(failure),
    nodeCount: failure.nodeCount,
    summary: [...failure.rejections].map(([{ reasons }, { plugin, nodes: count }]) => ({ plugin, reasons, nodes: count })),
    nodes: [],
  }
}
