import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'

/** Why a plugin turned a Pod away. One object can stand for any number of nodes: plugins make them once. */
export interface Rejection {
  /** As kube-scheduler words them, without the number of nodes: `Insufficient cpu`. */
  readonly reasons: readonly string[]
  /** Whether deleting other Pods of the node could not help. */
  readonly isUnresolvable: boolean
}

export const rejection = (...reasons: string[]): Rejection => ({ reasons, isUnresolvable: false })
export const unresolvable = (...reasons: string[]): Rejection => ({ reasons, isUnresolvable: true })

/** What a plugin keeps for the other extension points of the same cycle. */
export type CycleState = Map<string, unknown>

/** `skip`: the plugin has nothing to say about this Pod in this cycle. A set of names: no other node can be right. */
export type PreFilterResult = 'skip' | { nodeNames: ReadonlySet<string> } | Rejection | undefined

/** Something that happened in the cluster and may make room for a Pod that didn't fit. */
export type ClusterEvent =
  | { type: 'node added'; node: NodeInfo }
  | { type: 'node changed'; node: NodeInfo; changes: ReadonlySet<NodeChange> }
  | { type: 'pod left'; pod: PodInfo; nodeName: string }
  | { type: 'pod shrank'; pod: PodInfo; nodeName: string }

export type NodeChange = 'allocatable' | 'labels' | 'taints' | 'unschedulable'

/**
 * A plugin takes part in the extension points it implements, in the order of the profile. All but the last five are synchronous
 * and pure over the snapshot. Everything it says is about one Pod in one cycle.
 */
export interface Plugin {
  readonly name: string
  /** Whether a Pod may be queued at all. */
  preEnqueue?(pod: PodInfo): Rejection | undefined
  /** Order of the queue; exactly one plugin of a profile has it. */
  precedes?(a: QueueOrder, b: QueueOrder): boolean
  preFilter?(pod: PodInfo, snapshot: Snapshot, state: CycleState): PreFilterResult
  /** Undefined: the node is right. */
  filter?(pod: PodInfo, node: NodeInfo, state: CycleState): Rejection | undefined
  /** Called when no node is right; may make one so by removing Pods. Returns what to tell about it. */
  postFilter?(pod: PodInfo, snapshot: Snapshot, state: CycleState): string | undefined
  /** `skip`: every node gets the same score. */
  preScore?(pod: PodInfo, snapshot: Snapshot, state: CycleState): 'skip' | undefined
  /** Higher is better. Without `normalize` it must be from 0 to 100. */
  score?(pod: PodInfo, node: NodeInfo, state: CycleState): number
  /** Brings the first `count` raw scores to 0…100, in place. */
  normalize?(scores: Float64Array, count: number): void
  /** The Pod was placed: hold what it takes. A rejection undoes the placing. */
  reserve?(pod: PodInfo, nodeName: string, state: CycleState): Rejection | undefined
  unreserve?(pod: PodInfo, nodeName: string, state: CycleState): void
  permit?(pod: PodInfo, nodeName: string, state: CycleState): Promise<Rejection | undefined>
  preBind?(pod: PodInfo, nodeName: string, state: CycleState): Promise<void>
  /** True: it bound the Pod, and no further plugin is asked. */
  bind?(pod: PodInfo, nodeName: string, state: CycleState): Promise<boolean>
  postBind?(pod: PodInfo, nodeName: string, state: CycleState): void
  /** Whether an event may change the plugin's mind about a Pod it rejected. */
  canHelp?(event: ClusterEvent, pod: PodInfo): boolean
  /** Why the plugin rejects the node, with figures and names, for people. */
  explain?(pod: PodInfo, node: NodeInfo): string
}

export interface QueueOrder {
  readonly pod: PodInfo
  /** When the Pod was first queued. */
  readonly queuedAtMs: number
}

export function isRejection(result: PreFilterResult): result is Rejection {
  return typeof result === 'object' && 'reasons' in result
}
