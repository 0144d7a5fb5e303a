import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'

/** Victims that a preemption would have on a node. */
export interface NodeVictims {
  pods: readonly PodInfo[]
  /** Of how many a disruption budget would be violated. */
  budgetViolations: number
}

export interface ExtenderFilterResult {
  nodeNames: ReadonlySet<string>
  /** Why nodes were taken out, by name; `isUnresolvable`: preemption can't help. */
  failed: ReadonlyMap<string, { reason: string; isUnresolvable: boolean }>
}

/** A part of the scheduler that runs elsewhere and is asked about nodes that all plugins found right. */
export interface Extender {
  readonly name: string
  /** Whether its failures are passed over. */
  readonly isIgnorable: boolean
  readonly filters: boolean
  readonly prioritizes: boolean
  readonly preempts: boolean
  readonly binds: boolean
  isInterestedIn(pod: PodInfo): boolean
  filter(pod: PodInfo, nodes: readonly NodeInfo[]): Promise<ExtenderFilterResult>
  /** Scores by node name, 0…100, its weight applied. */
  prioritize(pod: PodInfo, nodes: readonly NodeInfo[]): Promise<ReadonlyMap<string, number>>
  /** The candidates that remain, with the victims it wants. */
  preempt(pod: PodInfo, candidates: ReadonlyMap<string, NodeVictims>): Promise<ReadonlyMap<string, NodeVictims>>
  bind(pod: PodInfo, nodeName: string): Promise<void>
}
