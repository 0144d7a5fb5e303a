import { LruMap } from '@quarterdeck/controller-runtime'

import type { PodInfo } from './cache/pod-info.ts'
import type { Snapshot } from './cache/scheduler-cache.ts'
import { formatFitFailure, type FitFailure } from './cycle/fit-failure.ts'
import { explainNodes, type NodeVerdicts, type VerdictPage } from './explain/node-verdicts.ts'
import type { Profile } from './framework/profile.ts'

/** The outcome of a pending Pod's latest attempt, and what the plugins say of the nodes now. */
export interface PodVerdicts extends NodeVerdicts {
  /** `namespace/name`. */
  pod: string
  uid: string
  /** RFC 3339 with milliseconds. */
  attemptedAt: string
  message: string
  nodeCount: number
  /** How many nodes each plugin was the first to reject, over all nodes, in the attempt. */
  summary: { plugin: string; reasons: readonly string[]; nodes: number }[]
}

const mostPods = 20_000

/** An attempt that found no node. */
export interface FailedVerdict {
  failure: FitFailure
  profile: Profile
  snapshot: Snapshot
  nowMs: number
}

/** The outcomes for pending Pods, the most recent attempts. What is said of each node is worked out when somebody wants to know. */
export class VerdictStore {
  readonly #attempts = new LruMap<string, FailedVerdict & { pod: PodInfo }>(mostPods)

  get(podUid: string, page?: VerdictPage): PodVerdicts | undefined {
    const attempt = this.#attempts.get(podUid)
    if (!attempt) return undefined
    const { pod, failure, profile, snapshot, nowMs } = attempt
    return {
      pod: pod.key,
      uid: pod.uid,
      attemptedAt: new Date(nowMs).toISOString(),
      message: formatFitFailure(failure),
      nodeCount: failure.nodeCount,
      summary: [...failure.rejections].map(([{ reasons }, { plugin, nodes }]) => ({ plugin, reasons, nodes })),
      ...explainNodes(pod, profile, { snapshot, page }),
    }
  }

  put(pod: PodInfo, failed: FailedVerdict): void {
    this.#attempts.set(pod.uid, { ...failed, pod })
  }

  remove(podUid: string): void {
    this.#attempts.delete(podUid)
  }
}
