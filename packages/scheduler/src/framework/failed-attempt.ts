import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'
import type { Extender } from './extender.ts'
import type { CycleState } from './cycle-state.ts'
import type { Rejection } from './rejection.ts'

/** What became of a Pod that no node was right for, and what if Pods came or went. */
export interface FailedAttempt {
  readonly snapshot: Snapshot
  readonly state: CycleState
  /** Whether Pods of the same class would get the same verdicts, as long as the nodes don't change. */
  readonly isNodeLocal: boolean
  readonly extenders: readonly Extender[]
  /** Of every node that was looked at; undefined if it was ruled out before. */
  rejectionOf(nodeName: string): Rejection | undefined
  /** Nodes on which fewer Pods could help. */
  resolvableNodes(): readonly NodeInfo[]
  /** The node to try changes on. One trial at a time: the next ends the last. */
  trialOn(node: NodeInfo): NodeTrial
}

export interface NodeTrial {
  add(pod: PodInfo): void
  remove(pod: PodInfo): void
  /** What the filters say of the node as it would be, with the Pods of higher priority that are to come there. */
  rejection(): Rejection | undefined
}
