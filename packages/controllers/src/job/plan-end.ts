import { countIndexes, type Pod, type V1JobSpec } from '@quarterdeck/api'

import type { JobEnd } from './job-conditions.ts'
import { hasFailed, type JobState } from './job-state.ts'
import { judgeFailure } from './pod-failure-policy.ts'
import { satisfiedRule } from './success-policy.ts'

const failure = (reason: string, message: string): JobEnd => ({ type: 'FailureTarget', reason, message })

/** Whether the Job is to end, and why. What was decided earlier stands; failures come before successes. */
export function planEnd(state: JobState): JobEnd | undefined {
  return state.decided ?? failByPolicy(state) ?? failByLimits(state) ?? failByIndexes(state) ?? succeed(state)
}

function failByPolicy({ job, pods }: JobState): JobEnd | undefined {
  if (!job.spec.podFailurePolicy) return undefined
  for (const pod of pods) {
    const message = hasFailed(job, pod) ? judgeFailure(job.spec, pod).message : undefined
    if (message) return failure('PodFailurePolicy', message)
  }
  return undefined
}

function failByLimits(state: JobState): JobEnd | undefined {
  const { job, failed } = state
  const limit = job.spec.backoffLimit ?? 6
  if (failed > limit || restartsExceed(limit, job.spec, state.pods))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  if (deadlineLeftMs(state) === 0) return failure('DeadlineExceeded', 'Job was active longer than specified deadline')
  return undefined
}

/** Where containers are restarted in their Pod, restarts are the failures. */
function restartsExceed(limit: number, { template }: V1JobSpec, pods: readonly Pod[]): boolean {
  if (template.spec?.restartPolicy !== 'OnFailure') return false
  let restarts = 0
  for (const { status } of pods) {
    if (status.phase !== 'Running' && status.phase !== 'Pending') continue
    for (const { restartCount } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) restarts += restartCount
  }
  return limit === 0 ? restarts > 0 : restarts >= limit
}

/** Milliseconds until activeDeadlineSeconds are over; undefined where they don't run. */
export function deadlineLeftMs({ job, nowMs }: JobState): number | undefined {
  const { activeDeadlineSeconds, suspend } = job.spec
  if (activeDeadlineSeconds === undefined || suspend) return undefined
  const startMs = job.status.startTime ? Date.parse(job.status.startTime) : nowMs
  return Math.max(0, startMs + activeDeadlineSeconds * 1000 - nowMs)
}

function failByIndexes({ job, failedIndexes, succeededIndexes, completions = 0 }: JobState): JobEnd | undefined {
  const failed = countIndexes(failedIndexes)
  if (failed === 0) return undefined
  if (failed > (job.spec.maxFailedIndexes ?? Infinity))
    return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
  return failed + countIndexes(succeededIndexes) >= completions ? failure('FailedIndexes', 'Job has failed indexes') : undefined
}

function succeed({ job, isIndexed, succeeded, succeededIndexes, active, completions }: JobState): JobEnd | undefined {
  const rule = isIndexed ? satisfiedRule(job.spec, succeededIndexes) : undefined
  if (rule) return { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: rule }
  const isReached = completions === undefined ? succeeded > 0 : succeeded >= completions
  if (!isReached || active.length > 0) return undefined
  return { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
}
