import { tolerates, type Node, type Pod, type V1Taint } from '@quarterdeck/api'

import type { TaintClock } from './taint-clock.ts'

/**
 * Milliseconds until a Pod must leave its node because of NoExecute taints: 0 for now, undefined for never. A taint is tolerated
 * for the shortest of the tolerationSeconds that match it, counted from when both were there, the taint and the pod.
 */
export function evictInMs(pod: Pod, node: Node, { clock, nowMs }: { clock: TaintClock; nowMs: number }): number | undefined {
  const taints = (node.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute')
  const waits = taints.flatMap((taint) => {
    const seconds = toleratedSeconds(pod, taint)
    if (seconds === undefined) return []
    const sinceMs = Math.max(clock.addedAtMs(node, taint, nowMs), placedAtMs(pod))
    return [Math.max(0, sinceMs + seconds * 1000 - nowMs)]
  })
  return waits.length > 0 ? Math.min(...waits) : undefined
}

/** 0 if the pod does not tolerate the taint, undefined if it does for ever. */
function toleratedSeconds(pod: Pod, taint: V1Taint): number | undefined {
  const matching = (pod.spec.tolerations ?? []).filter((toleration) => tolerates(toleration, taint))
  if (matching.length === 0) return 0
  const seconds = matching.map(({ tolerationSeconds }) => tolerationSeconds).filter((value) => value !== undefined)
  return seconds.length > 0 ? Math.max(0, Math.min(...seconds)) : undefined
}

function placedAtMs({ metadata, status }: Pod): number {
  const scheduled = status.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'True')?.lastTransitionTime
  return Date.parse(scheduled ?? metadata.creationTimestamp) || 0
}
