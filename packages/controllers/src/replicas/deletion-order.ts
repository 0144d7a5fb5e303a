import { deletionCostAnnotation, type Pod } from '@quarterdeck/api'

import { isReady, readySinceMs } from '../pods/pod-state.ts'

interface Ranked {
  pod: Pod
  /** Pods of the same application on its node. */
  neighbours: number
}

/**
 * Picks the pods that a smaller replica count costs least: in the order of Kubernetes' ReplicaSet controller, see the rules in
 * docs/spec/controllers.md [RS10]. `related` are the pods of the same application, whatever ReplicaSet they belong to.
 */
export function podsToDelete(pods: readonly Pod[], count: number, options: { related: readonly Pod[]; nowMs: number }): Pod[] {
  if (count >= pods.length) return [...pods]
  const perNode = new Map<string, number>()
  for (const { spec } of options.related) if (spec.nodeName) perNode.set(spec.nodeName, (perNode.get(spec.nodeName) ?? 0) + 1)
  return pods
    .map((pod): Ranked => ({ pod, neighbours: perNode.get(pod.spec.nodeName ?? '') ?? 0 }))
    .toSorted((a, b) => compare(a, b, options.nowMs))
    .slice(0, count)
    .map(({ pod }) => pod)
}

const phaseRank: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 }

/** Negative if a goes before b. */
function compare(a: Ranked, b: Ranked, nowMs: number): number {
  return (
    Number(Boolean(a.pod.spec.nodeName)) - Number(Boolean(b.pod.spec.nodeName)) ||
    (phaseRank[a.pod.status.phase ?? 'Pending'] ?? 0) - (phaseRank[b.pod.status.phase ?? 'Pending'] ?? 0) ||
    Number(isReady(a.pod)) - Number(isReady(b.pod)) ||
    deletionCostOf(a.pod) - deletionCostOf(b.pod) ||
    b.neighbours - a.neighbours ||
    compareYounger(readySinceMs(a.pod), readySinceMs(b.pod), nowMs) ||
    restartsOf(b.pod) - restartsOf(a.pod) ||
    compareYounger(Date.parse(a.pod.metadata.creationTimestamp), Date.parse(b.pod.metadata.creationTimestamp), nowMs) ||
    (a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1)
  )
}

/** Ages of the same order of magnitude count as equal, so that the victims are spread over the ages. */
function compareYounger(a: number | undefined, b: number | undefined, nowMs: number): number {
  if (a === undefined || b === undefined) return 0
  return magnitude(nowMs - a) - magnitude(nowMs - b)
}

const magnitude = (ageMs: number): number => (ageMs <= 0 ? 0 : Math.floor(Math.log2(Math.max(ageMs / 1000, 1))))

function deletionCostOf(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.[deletionCostAnnotation] ?? 0)
  return Number.isInteger(cost) ? cost : 0
}

function restartsOf(pod: Pod): number {
  return Math.max(0, ...(pod.status.containerStatuses ?? []).map((status) => status.restartCount))
}
