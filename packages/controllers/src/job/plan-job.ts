import type { Pod, V1JobCondition, V1JobStatus } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'

import { isReady } from '../pods/pod-state.ts'
import { withCondition, type JobEnd } from './job-conditions.ts'
import type { JobState } from './job-state.ts'
import { planCounting, type Counting } from './plan-counting.ts'
import { deadlineLeftMs, planEnd } from './plan-end.ts'
import { planPods, type PodChanges } from './plan-pods.ts'

/** What must change about a Job, in the order in which it is done. */
export interface JobPlan {
  state: JobState
  /** Written before anything is done to Pods, if it says what must not be forgotten. */
  first: { status: V1JobStatus; isNeeded: boolean }
  counting: Counting
  /** Set once the Job is to end: its active Pods go. */
  end: JobEnd | undefined
  pods: PodChanges
  suspension: 'Suspended' | 'Resumed' | undefined
  requeueAfterMs: number | undefined
}

const noChanges: PodChanges = { remove: [], create: 0, restore: [], waitMs: undefined }
const shortestWaitMs = 1000

export function planJob(state: JobState): JobPlan {
  const { job, nowMs } = state
  const end = planEnd(state)
  const counting = planCounting(state, end)
  const pods = end || job.metadata.deletionTimestamp ? noChanges : planPods(state)
  const decides = end !== undefined && !state.decided
  const conditions = job.status.conditions ?? []
  const suspension = end || job.metadata.deletionTimestamp ? undefined : suspensionOf(job.spec.suspend ?? false, conditions)
  const named = started(state, counting.status)
  const status = suspension ? withSuspension(named, suspension, nowMs) : named
  const decided = decides ? { ...status, conditions: withCondition(conditions, { ...end, status: 'True' }, nowMs) } : status
  return {
    state,
    first: { status: decided, isNeeded: decides || counting.namesMore || suspension !== undefined },
    counting,
    end,
    pods,
    suspension,
    requeueAfterMs: requeueOf(state, end, pods),
  }
}

/** A Job starts when it is first not suspended. */
function started({ job, nowMs }: JobState, status: V1JobStatus): V1JobStatus {
  return status.startTime || job.spec.suspend ? status : { ...status, startTime: timestamp(new Date(nowMs)) }
}

function suspensionOf(isSuspended: boolean, conditions: readonly V1JobCondition[]): JobPlan['suspension'] {
  const current = conditions.find(({ type }) => type === 'Suspended')
  if (isSuspended) return current?.status === 'True' ? undefined : 'Suspended'
  return current && current.status !== 'False' ? 'Resumed' : undefined
}

function requeueOf(state: JobState, end: JobEnd | undefined, { waitMs }: PodChanges): number | undefined {
  const deadlineMs = end ? undefined : deadlineLeftMs(state)
  const backOffMs = waitMs === undefined ? undefined : Math.max(waitMs, shortestWaitMs)
  const waits = [deadlineMs, backOffMs].filter((ms) => ms !== undefined)
  return waits.length > 0 ? Math.min(...waits) : undefined
}

/** What was done to the Pods. */
export interface PodOutcome {
  created: number
  deleted: readonly Pod[]
}

/** The status after the Pods were changed; `counted` is what counting left. */
export function finalStatus({ state, end, counting }: JobPlan, counted: V1JobStatus, outcome: PodOutcome): V1JobStatus {
  const { active, terminating, nowMs } = state
  const { active: _, ...others } = counted
  const activeNow = active.length - outcome.deleted.length + outcome.created
  const status: V1JobStatus = {
    ...others,
    ...(activeNow > 0 ? { active: activeNow } : {}),
    ready: active.filter((pod) => isReady(pod) && !outcome.deleted.includes(pod)).length,
    terminating: terminating.length + outcome.deleted.length,
  }
  const { succeeded = [], failed = [] } = counted.uncountedTerminatedPods ?? {}
  const isOver = activeNow === 0 && status.terminating === 0 && succeeded.length + failed.length === 0 && !counting.isPartial
  return end && isOver ? ended(status, end, nowMs) : status
}

function ended(status: V1JobStatus, { type, reason, message }: JobEnd, nowMs: number): V1JobStatus {
  const last = type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed'
  const conditions = withCondition(status.conditions ?? [], { type: last, status: 'True', reason, message }, nowMs)
  return { ...status, conditions, ...(last === 'Complete' ? { completionTime: timestamp(new Date(nowMs)) } : {}) }
}

/** The time before a suspension does not count against activeDeadlineSeconds. */
function withSuspension(status: V1JobStatus, suspension: 'Suspended' | 'Resumed', nowMs: number): V1JobStatus {
  const { startTime: _, ...others } = status
  const isSuspended = suspension === 'Suspended'
  const change = { type: 'Suspended', reason: `Job${suspension}`, message: `Job ${suspension.toLowerCase()}` } as const
  return {
    ...others,
    ...(isSuspended ? {} : { startTime: timestamp(new Date(nowMs)) }),
    conditions: withCondition(status.conditions ?? [], { ...change, status: isSuspended ? 'True' : 'False' }, nowMs),
  }
}
