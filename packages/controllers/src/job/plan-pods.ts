import type { Pod } from '@quarterdeck/api'

import { podsToDelete } from '../replicas/deletion-order.ts'
import { allFailuresOf, replacesOnlyFailed, type JobState } from './job-state.ts'
import { backOffLeftMs, endedAtMs } from './back-off.ts'
import { firstFreeIndexes, indexesOf, indexOf, union, withIndexes } from './indexes.ts'
import { isTracked } from './tracking.ts'

/** What must change about the Pods of a Job that goes on. */
export interface PodChanges {
  /** Are not wanted; their end counts neither as success nor as failure. */
  remove: readonly Pod[]
  /** How many to make, or of an Indexed Job for which indexes. */
  create: number | readonly number[]
  /** Have lost the finalizer by which they are to be counted. */
  restore: readonly Pod[]
  /** Until more may be made. */
  waitMs: number | undefined
}

/** Most Pods made or deleted in one go; the events of these bring the next. */
const burst = 500

export function planPods(state: JobState): PodChanges {
  const { job, active } = state
  const wanted = job.spec.suspend ? 0 : wantedActive(state)
  const remove = podsToRemove(state, Math.max(0, active.length - wanted)).slice(0, job.spec.suspend ? undefined : burst)
  if (remove.length > 0) return { remove, create: 0, restore: [], waitMs: undefined }
  const restore = active.filter((pod) => !isTracked(pod))
  const missing = wanted - active.length - (replacesOnlyFailed(job) ? state.terminating.length : 0)
  const { create, waitMs } = missing > 0 ? podsToCreate(state, Math.min(missing, burst)) : { create: 0, waitMs: undefined }
  return { remove, create, restore, waitMs }
}

/** Never more than are still to be completed. A Job without completions makes no more after the first success. */
function wantedActive({ job, completions, succeeded, active }: JobState): number {
  const parallelism = job.spec.parallelism ?? 1
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism
  return Math.max(0, Math.min(parallelism, completions - succeeded))
}

/** At least `count`: those of no or of the same index first, those that are not counted any more, then the least far. */
function podsToRemove({ isIndexed, active, completions, nowMs }: JobState, count: number): Pod[] {
  const options = { related: [], nowMs }
  const surplus = isIndexed ? active.filter((pod) => indexOf(pod, completions) === undefined) : []
  for (const [, pods] of isIndexed ? Map.groupBy(active, (pod) => indexOf(pod, completions)) : []) {
    if (indexOf(pods[0]!, completions) !== undefined) surplus.push(...podsToDelete(pods, pods.length - 1, options))
  }
  const chosen = new Set(surplus)
  for (const pod of active) if (chosen.size < count && !isTracked(pod)) chosen.add(pod)
  const left = active.filter((pod) => !chosen.has(pod))
  if (chosen.size < count) for (const pod of podsToDelete(left, count - chosen.size, options)) chosen.add(pod)
  return [...chosen]
}

function podsToCreate(state: JobState, count: number): Pick<PodChanges, 'create' | 'waitMs'> {
  const { job, isIndexed, nowMs } = state
  if (job.spec.backoffLimitPerIndex === undefined) {
    const waitMs = backOffLeftMs(state.backOff, nowMs)
    if (waitMs > 0) return { create: 0, waitMs }
    return { create: isIndexed ? freeIndexes(state, count) : count, waitMs: undefined }
  }
  const waits = freeIndexes(state, count).map((index) => ({ index, waitMs: indexWaitMs(state, index) }))
  const ready = waits.filter(({ waitMs }) => waitMs === 0).map(({ index }) => index)
  const waiting = waits.filter(({ waitMs }) => waitMs > 0)
  return {
    create: ready,
    waitMs: waiting.length > 0 ? waiting.reduce((least, { waitMs }) => Math.min(least, waitMs), Infinity) : undefined,
  }
}

function freeIndexes(state: JobState, count: number): number[] {
  const { job, active, terminating, succeededIndexes, failedIndexes, completions = 0 } = state
  const held = indexesOf(replacesOnlyFailed(job) ? [...active, ...terminating] : active)
  return firstFreeIndexes(union(withIndexes(succeededIndexes, held), failedIndexes), completions, count)
}

/** Each index backs off for itself. */
function indexWaitMs({ toReplace, nowMs }: JobState, index: number): number {
  const failed = toReplace.get(index)
  if (!failed) return 0
  return backOffLeftMs({ failuresSinceSuccess: allFailuresOf(failed) + 1, lastFailureMs: endedAtMs(failed) }, nowMs)
}
