import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'
import type { QueueingHints } from './cluster-event.ts'
import type { Repair } from './change.ts'
import type { CycleState } from './cycle-state.ts'
import type { FailedAttempt } from './failed-attempt.ts'
import type { Rejection } from './rejection.ts'

/** `skip`: the plugin has nothing to say about this Pod in this cycle. A set of names: no other node can be right. */
export type PreFilterResult = 'skip' | { nodeNames: ReadonlySet<string> } | Rejection | undefined

/** The Pod may go on when somebody allows it, or is turned away when the time is over. */
export interface PermitWait {
  waitMs: number
}

export interface ScoreContext {
  snapshot: Snapshot
  /** The nodes to compare. */
  feasible: readonly NodeInfo[]
}

export interface PostFilterResult {
  /** Where room is being made; '': nowhere, a nomination is taken back; undefined: a nomination stays as it is. */
  nominatedNodeName?: string
  /** What to tell about it, with its full stops. */
  message?: string
}

/**
 * A plugin takes part in the extension points it implements, in the order of the profile. All are synchronous and pure over the
 * snapshot up to `permit`, except that `postFilter` may wait. Everything it says is about one Pod in one cycle.
 */
export interface Plugin {
  readonly name: string
  /** Whether a Pod may be queued at all. */
  preEnqueue?(pod: PodInfo): Rejection | undefined
  /** Order of the queue; exactly one plugin of a profile has it. */
  precedes?(a: QueueOrder, b: QueueOrder): boolean
  preFilter?(pod: PodInfo, snapshot: Snapshot, state: CycleState): PreFilterResult
  /** As if `other` came to the node: filters asked next must count it. Its figures go into the trial of the state. */
  addPod?(pod: PodInfo, change: TrialChange, state: CycleState): void
  /** As if `other` left the node. */
  removePod?(pod: PodInfo, change: TrialChange, state: CycleState): void
  /** All nodes that the filter could accept (and perhaps some more), if an index knows them without asking all. */
  candidates?(pod: PodInfo, snapshot: Snapshot, state: CycleState): Candidates | undefined
  /** Undefined: the node is right. */
  filter?(pod: PodInfo, node: NodeInfo, state: CycleState): Rejection | undefined
  /** Whether filter and hints look at nothing but what `nodeClassOf` covers of the Pod, the node, and the Pods on it. */
  readonly isNodeLocal?: boolean
  /** Called when no node is right; may make one so by removing Pods. */
  postFilter?(pod: PodInfo, attempt: FailedAttempt): PostFilterResult | undefined | Promise<PostFilterResult | undefined>
  /** `skip`: every node gets the same score. */
  preScore?(pod: PodInfo, context: ScoreContext, state: CycleState): 'skip' | undefined
  /** Higher is better. Without `normalize` it must be from 0 to 100. */
  score?(pod: PodInfo, node: NodeInfo, state: CycleState): number
  /** Brings the first `count` raw scores to 0…100, in place. */
  normalize?(scores: Float64Array, count: number): void
  /** The Pod was placed: hold what it takes. A rejection undoes the placing. */
  reserve?(pod: PodInfo, nodeName: string, state: CycleState): Rejection | undefined
  unreserve?(pod: PodInfo, nodeName: string, state: CycleState): void
  permit?(pod: PodInfo, nodeName: string, state: CycleState): Rejection | PermitWait | undefined
  /** A rejection means that the Pod waits until an event may help; a throw that it is tried again after its backoff. */
  preBind?(pod: PodInfo, nodeName: string, binding: Binding): Promise<Rejection | undefined> | undefined
  /** True: it bound the Pod, and no further plugin is asked. */
  bind?(pod: PodInfo, nodeName: string, state: CycleState): Promise<boolean>
  postBind?(pod: PodInfo, nodeName: string, state: CycleState): void
  /** Which events may change the plugin's mind about a Pod it rejected. Absent: any may. */
  readonly hints?: QueueingHints
  /** Uids of Pods that leave to make room for a waiting Pod: it is tried again when the last of them has left, not with each. */
  awaits?(pod: PodInfo): readonly string[]
  /** Why the plugin rejects the node, with figures and names, for people. */
  explain?(pod: PodInfo, node: NodeInfo, state: CycleState): string
  /**
   * What could be different for the plugin to accept a node that it rejects: alternatives, each of changes that belong together. They
   * need not be certain to help: whoever asks tries them.
   */
  repairs?(pod: PodInfo, node: NodeInfo, state: CycleState): Repair[]
}

/** The sizes of node sets are compared: the smallest is looked at. */
export interface Candidates {
  readonly size: number
  [Symbol.iterator](): Iterator<NodeInfo>
}

export interface TrialChange {
  readonly other: PodInfo
  readonly node: NodeInfo
}

export interface Binding {
  readonly state: CycleState
  /** Aborts when the binding is given up. */
  readonly signal: AbortSignal
}

export interface QueueOrder {
  readonly pod: PodInfo
  /** When the Pod was first queued. */
  readonly queuedAtMs: number
}

export function isRejection(result: unknown): result is Rejection {
  return typeof result === 'object' && result !== null && 'reasons' in result
}
