import type { Rejection } from '../framework/rejection.ts'

/** Why a Pod fits on no node. */
export interface FitFailure {
  nodeCount: number
  /** How many nodes each rejection stands for, and whose it is. */
  rejections: ReadonlyMap<Rejection, { plugin: string; nodes: number }>
  /** Plugins whose mind must change before another attempt makes sense. */
  rejectedBy: ReadonlySet<string>
  /** Set if the Pod was turned away before any node was looked at. */
  preFilterMessage: string | undefined
  /** Whole sentences. */
  postFilterMessage: string | undefined
}

/** As kube-scheduler words it: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` */
export function formatFitFailure(failure: FitFailure): string {
  if (failure.nodeCount === 0) return 'no nodes available to schedule pods'
  const counts = new Map<string, number>()
  for (const [{ reasons }, { nodes }] of failure.rejections) {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + nodes)
  }
  const reasons = [...counts].map(([reason, nodes]) => `${nodes} ${reason}`).toSorted()
  const sentences = [failure.preFilterMessage, reasons.join(', ')].filter(Boolean).map((sentence) => `${sentence}.`)
  return [`0/${failure.nodeCount} nodes are available:`, ...sentences, failure.postFilterMessage ?? []].flat().join(' ')
}
