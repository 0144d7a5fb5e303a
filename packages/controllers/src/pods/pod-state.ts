import type { Pod, V1PodCondition } from '@quarterdeck/api'

/** Has neither ended nor been asked to end. */
export function isActive(pod: Pod): boolean {
  return !hasEnded(pod) && !isTerminating(pod)
}

export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined
}

/** All its containers ended and none will be started again. */
export function hasEnded(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
}

export function conditionOf(pod: Pod, type: string): V1PodCondition | undefined {
  return pod.status.conditions?.find((condition) => condition.type === type)
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True'
}

/** When it became ready, in ms since the epoch; undefined if it is not. */
export function readySinceMs(pod: Pod): number | undefined {
  const ready = conditionOf(pod, 'Ready')
  return ready?.status === 'True' ? Date.parse(ready.lastTransitionTime ?? pod.metadata.creationTimestamp) : undefined
}

/** Ready for at least minReadySeconds. */
export function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  return availableInMs(pod, minReadySeconds, nowMs) === 0
}

/** Milliseconds until a ready pod counts as available, 0 if it does, undefined if it is not ready. */
export function availableInMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  const sinceMs = readySinceMs(pod)
  if (sinceMs === undefined) return undefined
  return minReadySeconds === 0 ? 0 : Math.max(0, sinceMs + minReadySeconds * 1000 - nowMs)
}
