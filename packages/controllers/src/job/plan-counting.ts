import { countIndexes, type Pod, type V1JobStatus } from '@quarterdeck/api'

import { formatIndexes, hasIndex, indexOf, storedIndexes, withIndexes } from './indexes.ts'
import type { JobEnd } from './job-conditions.ts'
import { hasFailed, uncountedOf, type JobState } from './job-state.ts'
import { judgeFailure } from './pod-failure-policy.ts'
import { isTracked } from './tracking.ts'

/** Bounds what a status grows by; the rest is counted next time. */
const mostAtOnce = 500

/**
 * How Pods are counted exactly once, whenever this process ends: (1) the status names them, as `uncountedTerminatedPods` or by their
 * index; (2) they lose the finalizer; (3) those named that have no finalizer any more go from the list into the figures. Each step
 * is done again if it isn't known to have been done, and doing it again changes nothing.
 */
export interface Counting {
  /** The status of step 1. */
  status: V1JobStatus
  /** Whether step 1 names anything new. */
  namesMore: boolean
  /** The Pods of step 2. */
  release: Pod[]
  /** Whether there is more to count than is counted at once. */
  isPartial: boolean
}

export function planCounting(state: JobState, end: JobEnd | undefined): Counting {
  const { job, isIndexed } = state
  const tracked = state.pods.filter(isTracked)
  const status = countReleased(job.status, new Set(tracked.map(({ metadata }) => metadata.uid)))
  const known = uncountedOf({ ...job, status })
  const isKnown = ({ metadata }: Pod): boolean => known.has(metadata.uid)
  const counted: Record<'succeeded' | 'failed', string[]> = { succeeded: [], failed: [] }
  const newIndexes: number[] = []
  // Those named by an earlier run that got no further come first: they are what keeps others from being named.
  const release = tracked.filter(isKnown)
  const others = tracked.filter((pod) => !isKnown(pod) && mayRelease(state, pod, end))
  const now = (isIndexed ? others.toSorted(byIndex) : others).slice(0, Math.max(0, mostAtOnce - release.length))
  for (const pod of now) {
    release.push(pod)
    const outcome = outcomeOf(state, pod, end)
    if (outcome === 'succeeded' && isIndexed) newIndexes.push(indexOf(pod)!)
    else if (outcome) counted[outcome].push(pod.metadata.uid)
  }
  const named = withNames(status, counted)
  return {
    status: isIndexed ? withIndexCounts(state, named, newIndexes) : named,
    namesMore: counted.succeeded.length + counted.failed.length + newIndexes.length > 0,
    release,
    isPartial: now.length < others.length,
  }
}

const byIndex = (a: Pod, b: Pod): number => (indexOf(a) ?? -1) - (indexOf(b) ?? -1)

/** Step 3: `trackedUids` are the Pods that have the finalizer. */
export function countReleased(status: V1JobStatus, trackedUids: ReadonlySet<string>): V1JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  const left = { succeeded: succeeded.filter((uid) => trackedUids.has(uid)), failed: failed.filter((uid) => trackedUids.has(uid)) }
  return {
    ...status,
    ...counts('succeeded', (status.succeeded ?? 0) + succeeded.length - left.succeeded.length),
    ...counts('failed', (status.failed ?? 0) + failed.length - left.failed.length),
    uncountedTerminatedPods: {
      ...(left.succeeded.length > 0 ? { succeeded: left.succeeded } : {}),
      ...(left.failed.length > 0 ? { failed: left.failed } : {}),
    },
  }
}

/** Counts of zero are absent. */
function counts(name: 'succeeded' | 'failed', count: number): V1JobStatus {
  return count > 0 ? { [name]: count } : {}
}

function mayRelease({ job, toReplace }: JobState, pod: Pod, end: JobEnd | undefined): boolean {
  if (job.metadata.deletionTimestamp || end || pod.status.phase === 'Succeeded') return true
  if (!hasFailed(job, pod)) return false
  return toReplace.get(indexOf(pod) ?? -1) !== pod
}

function outcomeOf(state: JobState, pod: Pod, end: JobEnd | undefined): 'succeeded' | 'failed' | undefined {
  const { job, isIndexed, completions } = state
  const index = indexOf(pod, completions)
  if (isIndexed && index === undefined) return undefined
  if (pod.status.phase === 'Succeeded')
    return isIndexed && hasIndex(storedIndexes(job.status.completedIndexes, completions ?? 0), index ?? -1) ? undefined : 'succeeded'
  if (end?.type !== 'FailureTarget' && !hasFailed(job, pod)) return undefined
  return judgeFailure(job.spec, pod).action === 'Ignore' ? undefined : 'failed'
}

function withNames(status: V1JobStatus, more: Record<'succeeded' | 'failed', readonly string[]>): V1JobStatus {
  const uncounted = status.uncountedTerminatedPods ?? {}
  const listOf = (name: 'succeeded' | 'failed'): string[] => [...(uncounted[name] ?? []), ...more[name]]
  const [succeeded, failed] = [listOf('succeeded'), listOf('failed')]
  const uncountedTerminatedPods = { ...(succeeded.length > 0 ? { succeeded } : {}), ...(failed.length > 0 ? { failed } : {}) }
  return { ...status, uncountedTerminatedPods }
}

/** The indexes themselves keep a success from being counted twice. */
function withIndexCounts(state: JobState, status: V1JobStatus, newIndexes: readonly number[]): V1JobStatus {
  const { job, completions = 0, failedIndexes } = state
  const { succeeded: _, completedIndexes: __, failedIndexes: ___, ...others } = status
  const completed = withIndexes(storedIndexes(status.completedIndexes, completions), newIndexes)
  return {
    ...others,
    ...counts('succeeded', countIndexes(completed)),
    ...(completed.length > 0 ? { completedIndexes: formatIndexes(completed) } : {}),
    ...(job.spec.backoffLimitPerIndex === undefined ? {} : { failedIndexes: formatIndexes(failedIndexes) }),
  }
}
