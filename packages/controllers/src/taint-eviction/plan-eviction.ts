import { tolerates, type Node, type Pod, type V1Taint } from '@quarterdeck/api'

/**
 * Milliseconds until a Pod must leave its node because of NoExecute taints: 0 for now, undefined for never. A taint is tolerated
 * for the shortest of the tolerationSeconds that match it, counted from when it was added.
 */
export function evictInMs(pod: Pod, node: Node, nowMs: number): number | undefined {
  const taints = (node.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute')
  const waits = taints.map((taint) => tolerationLeftMs(pod, taint, nowMs)).filter((wait) => wait !== undefined)
  return waits.length > 0 ? Math.min(...waits) : undefined
}

function tolerationLeftMs(pod: Pod, taint: V1Taint, nowMs: number): number | undefined {
  const matching = (pod.spec.tolerations ?? []).filter((toleration) => tolerates(toleration, taint))
  if (matching.length === 0) return 0
  const seconds = matching.map(({ tolerationSeconds }) => tolerationSeconds).filter((value) => value !== undefined)
  if (seconds.length === 0) return undefined
  const addedAtMs = taint.timeAdded ? Date.parse(taint.timeAdded) : nowMs
  return Math.max(0, addedAtMs + Math.max(0, Math.min(...seconds)) * 1000 - nowMs)
}
