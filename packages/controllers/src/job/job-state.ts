import { countIndexes, type IndexIntervals, type Job, type Pod } from '@quarterdeck/api'

import { hasEnded, isActive, isTerminating } from '../pods/pod-state.ts'
import { backOffAfter, endedAtMs, noBackOff, type BackOff } from './back-off.ts'
import { hasIndex, indexesOf, indexOf, storedIndexes, union, withIndexes } from './indexes.ts'
import { decidedEnd, type JobEnd } from './job-conditions.ts'
import { judgeFailure } from './pod-failure-policy.ts'
import { failuresOf, ignoredFailuresOf } from './pod-of-job.ts'
import { isTracked } from './tracking.ts'

/** A Job and its Pods as the caches have them, and what follows at once. */
export interface JobState {
  job: Job
  nowMs: number
  pods: readonly Pod[]
  /** Neither ended nor asked to end. */
  active: readonly Pod[]
  /** Asked to end, and not ended. */
  terminating: readonly Pod[]
  isIndexed: boolean
  completions: number | undefined
  /** Decided by an earlier run. */
  decided: JobEnd | undefined
  /** Pods that were counted or are being counted, and those that are to be. */
  succeeded: number
  failed: number
  /** Of an Indexed Job. */
  succeededIndexes: IndexIntervals
  /** Of a Job with backoffLimitPerIndex. */
  failedIndexes: IndexIntervals
  /** The last failed Pod of each index that waits for another. It stays until that is there, as it holds the count of failures. */
  toReplace: ReadonlyMap<number, Pod>
  backOff: BackOff
}

export interface JobStateInput {
  job: Job
  pods: readonly Pod[]
  /** What this process remembers of the Job; absent after a restart. */
  backOff: BackOff | undefined
  /** Whether Pods can be made: in a namespace that ends, none waits for another. */
  canCreate?: boolean
  nowMs: number
}

export function jobStateOf({ job, pods, backOff, canCreate = true, nowMs }: JobStateInput): JobState {
  const { spec, status } = job
  const isIndexed = spec.completionMode === 'Indexed'
  const active = pods.filter(isActive)
  const uncounted = uncountedOf(job)
  const isNew = (pod: Pod): boolean =>
    isTracked(pod) && !uncounted.has(pod.metadata.uid) && (!isIndexed || indexOf(pod, spec.completions) !== undefined)
  const decided = decidedEnd(status)
  const newlySucceeded = pods.filter((pod) => isNew(pod) && pod.status.phase === 'Succeeded')
  const newlyFailed = pods.filter((pod) => isNew(pod) && hasFailed(job, pod))
  const newlyCounted = newlyFailed.filter((pod) => judgeFailure(spec, pod).action !== 'Ignore')
  const succeededIndexes = isIndexed ? succeededIndexesOf(job, pods) : []
  const failedIndexes = failedIndexesOf(job, pods)
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  const state: JobState = {
    job,
    nowMs,
    pods,
    active,
    terminating: pods.filter((pod) => isTerminating(pod) && !hasEnded(pod)),
    isIndexed,
    completions: spec.completions,
    decided,
    succeeded: isIndexed ? countIndexes(succeededIndexes) : (status.succeeded ?? 0) + succeeded.length + newlySucceeded.length,
    failed: (status.failed ?? 0) + failed.length + newlyCounted.length,
    succeededIndexes,
    failedIndexes,
    toReplace: new Map(),
    backOff: backOffAfter(backOff ?? backOffBefore(pods, isNew, job), newlySucceeded, newlyFailed),
  }
  return spec.backoffLimitPerIndex === undefined || !canCreate ? state : { ...state, toReplace: podsToReplace(state) }
}

/** uids of the Pods that the status names because they are being counted. */
export function uncountedOf({ status }: Job): Set<string> {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  return new Set([...succeeded, ...failed])
}

/**
 * Whether a Pod is a failure. One that was asked to end is, so that it is replaced at once, unless podReplacementPolicy wants to wait
 * for its end. Once the Job has succeeded its Pods are asked to end without being failures.
 */
export function hasFailed(job: Job, pod: Pod): boolean {
  if (decidedEnd(job.status)?.type === 'SuccessCriteriaMet') return pod.status.phase === 'Failed' && !isTerminating(pod)
  if (pod.status.phase === 'Failed') return true
  return !replacesOnlyFailed(job) && isTerminating(pod) && pod.status.phase !== 'Succeeded'
}

export function replacesOnlyFailed({ spec }: Job): boolean {
  return spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined
}

function succeededIndexesOf({ spec, status }: Job, pods: readonly Pod[]): IndexIntervals {
  const completions = spec.completions ?? 0
  const succeeded = pods.filter((pod) => pod.status.phase === 'Succeeded' && isTracked(pod))
  return withIndexes(storedIndexes(status.completedIndexes, completions), indexesOf(succeeded, completions))
}

function failedIndexesOf(job: Job, pods: readonly Pod[]): IndexIntervals {
  const { spec, status } = job
  if (spec.backoffLimitPerIndex === undefined) return []
  const completions = spec.completions ?? 0
  const failed = pods.filter((pod) => isTracked(pod) && failsItsIndex(job, pod))
  return withIndexes(storedIndexes(status.failedIndexes, completions), indexesOf(failed, completions))
}

function failsItsIndex(job: Job, pod: Pod): boolean {
  if (!hasFailed(job, pod)) return false
  const { action } = judgeFailure(job.spec, pod)
  if (action === 'FailIndex') return true
  return action !== 'Ignore' && failuresOf(pod) >= (job.spec.backoffLimitPerIndex ?? 0)
}

function podsToReplace({ job, pods, active, succeededIndexes, failedIndexes, completions = 0 }: JobState): Map<number, Pod> {
  const settled = union(withIndexes(succeededIndexes, indexesOf(active)), failedIndexes)
  const latest = new Map<number, Pod>()
  for (const pod of pods) {
    const index = indexOf(pod, completions)
    if (index === undefined || !isTracked(pod) || !hasFailed(job, pod) || hasIndex(settled, index)) continue
    const other = latest.get(index)
    if (!other || isLater(pod, other)) latest.set(index, pod)
  }
  return latest
}

function isLater(pod: Pod, other: Pod): boolean {
  const difference = allFailuresOf(pod) - allFailuresOf(other)
  return difference > 0 || (difference === 0 && endedAtMs(pod) >= endedAtMs(other))
}

export function allFailuresOf(pod: Pod): number {
  return failuresOf(pod) + ignoredFailuresOf(pod)
}

/** A restart forgets the back-off; the Pods that are still there tell most of it. */
function backOffBefore(pods: readonly Pod[], isNew: (pod: Pod) => boolean, job: Job): BackOff {
  const counted = pods.filter((pod) => !isNew(pod))
  const succeeded = counted.filter((pod) => pod.status.phase === 'Succeeded')
  return backOffAfter(
    noBackOff,
    succeeded,
    counted.filter((pod) => hasFailed(job, pod)),
  )
}
