import type { Pod, V1ContainerStatus } from '@quarterdeck/api'

const firstMs = 10_000
const longestMs = 600_000

/** How often in a row Pods of a Job failed. */
export interface BackOff {
  failuresSinceSuccess: number
  lastFailureMs: number
}

export const noBackOff: BackOff = { failuresSinceSuccess: 0, lastFailureMs: 0 }

/** The back-off after more Pods ended. */
export function backOffAfter(backOff: BackOff, succeeded: readonly Pod[], failed: readonly Pod[]): BackOff {
  const lastSuccessMs = latest(succeeded.map(endedAtMs))
  const failuresMs = failed.map(endedAtMs).filter((atMs) => atMs > lastSuccessMs)
  const before = succeeded.length > 0 ? noBackOff : backOff
  if (failuresMs.length === 0) return before
  return { failuresSinceSuccess: before.failuresSinceSuccess + failuresMs.length, lastFailureMs: latest(failuresMs) }
}

const latest = (timesMs: readonly number[]): number => timesMs.reduce((a, b) => Math.max(a, b), -Infinity)

/** Milliseconds until the next Pod may be made: 10 s after the first failure, twice as long after each more, 10 min at most. */
export function backOffLeftMs({ failuresSinceSuccess, lastFailureMs }: BackOff, nowMs: number): number {
  if (failuresSinceSuccess === 0) return 0
  const waitMs = Math.min(firstMs * 2 ** Math.min(failuresSinceSuccess - 1, 10), longestMs)
  return Math.max(0, lastFailureMs + waitMs - nowMs)
}

/** When a Pod ended, or how best that can be told. */
export function endedAtMs(pod: Pod): number {
  const { metadata, status, spec } = pod
  const sidecars = new Set((spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name))
  const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name))]
  const containersMs = lastFinishMs(statuses)
  if (containersMs !== undefined) return containersMs
  const ready = status.conditions?.find(({ type }) => type === 'Ready')
  if (ready?.status === 'False' && ready.lastTransitionTime) return Date.parse(ready.lastTransitionTime)
  if (metadata.deletionTimestamp) return Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000
  return Date.parse(metadata.creationTimestamp)
}

function lastFinishMs(statuses: readonly V1ContainerStatus[]): number | undefined {
  if (statuses.length === 0) return undefined
  const times = statuses.map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''))
  return times.some(Number.isNaN) ? undefined : latest(times)
}
