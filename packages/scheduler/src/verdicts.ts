import { LruMap } from '@quarterdeck/controller-runtime'

import type { PodInfo } from './cache/pod-info.ts'
import type { Snapshot } from './cache/scheduler-cache.ts'
import { formatFitFailure, type FitFailure } from './cycle/fit-failure.ts'
import type { CycleState } from './framework/plugin.ts'
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

/** Asks every filter about every node: unlike the cycle, it does not stop at the first that rejects. */
export function verdictsFor(
  pod: PodInfo,
  profile: Profile,
  attempt: { snapshot: Snapshot; state: CycleState; failure: FitFailure; nowMs: number },
): PodVerdicts {
  const { snapshot, state, failure } = attempt
  const skipped = new Set(profile.preFilter.filter((plugin) => plugin.preFilter(pod, snapshot, state) === 'skip').map(({ name }) => name))
  const filters = profile.filter.filter(({ name }) => !skipped.has(name))
  const nodes = snapshot.nodes.slice(0, mostNodes).map((node): NodeVerdict => ({
    node: node.name,
    rejections: filters.flatMap((plugin) => {
      const rejected = plugin.filter(pod, node, state)
      return rejected ? [{ plugin: plugin.name, reasons: rejected.reasons, detail: plugin.explain?.(pod, node) ?? '' }] : []
    }),
  }))
  return {
    pod: pod.key,
    uid: pod.uid,
    attemptedAt: new Date(attempt.nowMs).toISOString(),
    message: formatFitFailure(failure),
    nodeCount: failure.nodeCount,
    summary: [...failure.rejections].map(([{ reasons }, { plugin, nodes: count }]) => ({ plugin, reasons, nodes: count })),
    nodes,
  }
}

/** The verdicts of pending Pods, the most recent attempts. */
export class VerdictStore {
  readonly #verdicts = new LruMap<string, PodVerdicts>(mostPods)
  readonly #sink: VerdictSink | undefined

  constructor(sink?: VerdictSink) {
    this.#sink = sink
  }

  get(podUid: string): PodVerdicts | undefined {
    return this.#verdicts.get(podUid)
  }

  put(pod: PodInfo, verdicts: PodVerdicts): void {
    this.#verdicts.set(pod.uid, verdicts)
    this.#sink?.put(pod.pod, verdicts)
  }

  remove(podUid: string): void {
    if (!this.#verdicts.get(podUid)) return
    this.#verdicts.delete(podUid)
    this.#sink?.remove(podUid)
  }
}
