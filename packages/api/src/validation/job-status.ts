import { isDeepStrictEqual } from 'node:util'

import { duplicateField, invalidField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import { countCommonIndexes, parseIndexIntervals, type IndexIntervals } from '../batch/index-intervals.ts'
import { hasJobCondition, isJobFinished } from '../batch/job-conditions.ts'
import type { V1JobStatus } from '../generated/types.ts'
import type { Job } from '../kinds/job.ts'
import { nonNegative } from './numbers.ts'

interface Transition {
  job: Job
  status: V1JobStatus
  old: V1JobStatus
  /** Whether any of these fields is other than before: rules hold for what changes. */
  changes(...fields: (keyof V1JobStatus)[]): boolean
  /** As changes, of what conditions say. */
  turns(type: string): boolean
}

/** What a controller, ours or the one that managedBy names, may make of a status. */
export function validateJobStatusUpdate(job: Job, { status: old = {} }: Job): FieldError[] {
  const status = job.status ?? {}
  const transition: Transition = {
    job,
    status,
    old,
    changes: (...fields) => fields.some((field) => !isDeepStrictEqual(status[field], old[field])),
    turns: (type) => hasJobCondition(status, type) !== hasJobCondition(old, type),
  }
  return [
    ...validateCounts(status),
    ...validateUncounted(status),
    ...validateCompletion(transition),
    ...validateFinished(transition),
    ...validateIndexes(transition),
    ...validateConditions(transition),
    ...validateProgress(transition),
  ]
}

function validateCounts(status: V1JobStatus): FieldError[] {
  return (['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap((count) =>
    nonNegative(status[count], `status.${count}`),
  )
}

function validateUncounted({ uncountedTerminatedPods }: V1JobStatus): FieldError[] {
  const seen = new Set<string>()
  return (['succeeded', 'failed'] as const).flatMap((list) =>
    (uncountedTerminatedPods?.[list] ?? []).flatMap((uid, i) => {
      const field = `status.uncountedTerminatedPods.${list}[${i}]`
      if (uid === '') return [invalidField(field, uid, 'must not be empty')]
      if (seen.has(uid)) return [duplicateField(field, uid)]
      seen.add(uid)
      return []
    }),
  )
}

function validateCompletion({ status, changes, turns }: Transition): FieldError[] {
  const { startTime, completionTime } = status
  const field = 'status.completionTime'
  const isComplete = hasJobCondition(status, 'Complete')
  const errors: FieldError[] = []
  if (turns('Complete') || changes('completionTime')) {
    if (completionTime && !isComplete)
      errors.push(invalidField(field, completionTime, 'cannot set completionTime when there is no Complete=True condition'))
    if (!completionTime && isComplete) errors.push(requiredField(field, 'completionTime is required for Complete jobs'))
  }
  if (changes('startTime', 'completionTime') && startTime && completionTime && Date.parse(completionTime) < Date.parse(startTime))
    errors.push(invalidField(field, completionTime, 'must be equal to or after `startTime`'))
  return errors
}

function validateFinished({ job, status, old, changes }: Transition): FieldError[] {
  if (!isJobFinished(status)) return []
  const turns = !isJobFinished(old)
  const { active = 0, terminating = 0, startTime, uncountedTerminatedPods: uncounted } = status
  const errors: FieldError[] = []
  if ((turns || changes('active')) && active > 0) errors.push(invalidField('status.active', active, 'active>0 is invalid for finished job'))
  const needsNoStart = job.spec.suspend === true && job.spec.completions === 0
  if ((turns || changes('startTime')) && !needsNoStart && !startTime)
    errors.push(requiredField('status.startTime', 'startTime is required for finished job'))
  if ((turns || changes('uncountedTerminatedPods')) && (uncounted?.failed?.length ?? 0) + (uncounted?.succeeded?.length ?? 0) > 0)
    errors.push(invalidField('status.uncountedTerminatedPods', uncounted, 'must be empty for finished job'))
  if ((turns || changes('terminating')) && terminating > 0)
    errors.push(invalidField('status.terminating', terminating, 'terminating>0 is invalid for finished job'))
  return errors
}

function validateIndexes({ job, status, changes }: Transition): FieldError[] {
  const { completedIndexes = '', failedIndexes } = status
  const { completions, completionMode, backoffLimitPerIndex } = job.spec
  const errors: FieldError[] = []
  if (changes('completedIndexes')) {
    errors.push(...validateIndexText('completedIndexes', completedIndexes, completions))
    if (completedIndexes && completionMode !== 'Indexed') {
      const detail = 'cannot set non-empty completedIndexes when non-indexed completion mode'
      errors.push(invalidField('status.completedIndexes', completedIndexes, detail))
    }
  }
  if (failedIndexes === undefined) return errors
  if (changes('failedIndexes')) {
    if (backoffLimitPerIndex === undefined) {
      const detail = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'
      errors.push(invalidField('status.failedIndexes', failedIndexes, detail))
    } else errors.push(...validateIndexText('failedIndexes', failedIndexes, completions))
  }
  if (changes('failedIndexes', 'completedIndexes')) errors.push(...validateNoOverlap(completedIndexes, failedIndexes, completions))
  return errors
}

function validateIndexText(name: 'completedIndexes' | 'failedIndexes', text: string, completions: number | undefined): FieldError[] {
  if (completions === undefined) return []
  try {
    parseIndexIntervals(text, completions)
    return []
  } catch (error) {
    return [invalidField(`status.${name}`, text, `error parsing ${name}: ${(error as Error).message}`)]
  }
}

function validateNoOverlap(completed: string, failed: string, completions: number | undefined): FieldError[] {
  let both: [IndexIntervals, IndexIntervals]
  try {
    both = [parseIndexIntervals(completed, completions ?? 0), parseIndexIntervals(failed, completions ?? 0)]
  } catch {
    return []
  }
  if (countCommonIndexes(...both) === 0) return []
  const overlaps = both[0].flatMap((a) =>
    both[1].filter((b) => a.first <= b.last && b.first <= a.last).map((b) => Math.max(a.first, b.first)),
  )
  const detail = `failedIndexes and completedIndexes overlap at index: ${Math.min(...overlaps)}`
  return [invalidField('status.failedIndexes', failed, detail)]
}

/** Conditions that cannot be True together, or not without another. */
function validateConditions({ job, status, turns, changes }: Transition): FieldError[] {
  const has = (type: string): boolean => hasJobCondition(status, type)
  const turnsAny = (...types: string[]): boolean => types.some(turns)
  const rules: [isBroken: boolean, detail: string][] = [
    [turnsAny('Complete', 'Failed') && has('Complete') && has('Failed'), 'cannot set Complete=True and Failed=true conditions'],
    [
      turnsAny('Complete', 'FailureTarget') && has('Complete') && has('FailureTarget'),
      'cannot set Complete=True and FailureTarget=true conditions',
    ],
    [
      (turns('Failed') || changes('failedIndexes')) && has('Failed') && !has('FailureTarget'),
      'cannot set Failed=True condition without the FailureTarget=true condition',
    ],
    [
      turnsAny('Complete', 'SuccessCriteriaMet') && has('Complete') && !has('SuccessCriteriaMet'),
      'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
    [has('SuccessCriteriaMet') && has('Failed'), 'cannot set SuccessCriteriaMet=True and Failed=true conditions'],
    [has('SuccessCriteriaMet') && has('FailureTarget'), 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'],
    [
      job.spec.successPolicy !== undefined && has('Complete') && !has('SuccessCriteriaMet'),
      'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    ],
  ]
  return rules.filter(([isBroken]) => isBroken).map(([, detail]) => wrongConditions(detail))
}

function wrongConditions(detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field: 'status.conditions', message: `Invalid value: ${detail}` }
}

/** What is done stays done. */
function validateProgress({ job, status, old, changes }: Transition): FieldError[] {
  const errors = ['Failed', 'Complete', 'FailureTarget']
    .filter((type) => hasJobCondition(old, type) && !hasJobCondition(status, type))
    .map((type) => wrongConditions(`cannot disable the terminal ${type}=True condition`))
  const { failed = 0, succeeded = 0, ready = 0, active = 0, startTime, completionTime } = status
  if (changes('ready', 'active') && ready > active)
    errors.push(invalidField('status.ready', ready, 'cannot set more ready pods than active'))
  if (failed < (old.failed ?? 0)) errors.push(invalidField('status.failed', failed, 'cannot decrease the failed counter'))
  const canShrink = job.spec.completionMode === 'Indexed' && job.spec.completions === job.spec.parallelism
  if (!canShrink && succeeded < (old.succeeded ?? 0))
    errors.push(invalidField('status.succeeded', succeeded, 'cannot decrease the succeeded counter'))
  if (completionTime && old.completionTime && completionTime !== old.completionTime)
    errors.push(invalidField('status.completionTime', completionTime, 'field is immutable'))
  if (old.startTime && startTime !== old.startTime && job.spec.suspend !== true && !isResuming(status, old))
    errors.push(invalidField('status.startTime', startTime ?? null, 'field is immutable for unsuspended job once set'))
  if (hasJobCondition(old, 'SuccessCriteriaMet') && !hasJobCondition(status, 'SuccessCriteriaMet'))
    errors.push(wrongConditions('cannot disable the SuccessCriteriaMet=True condition'))
  if (hasJobCondition(old, 'Complete') && !hasJobCondition(old, 'SuccessCriteriaMet') && hasJobCondition(status, 'SuccessCriteriaMet'))
    errors.push(wrongConditions('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'))
  return errors
}

function isResuming(status: V1JobStatus, old: V1JobStatus): boolean {
  const isResumed = status.conditions?.some(({ type, status: value }) => type === 'Suspended' && value === 'False') ?? false
  return hasJobCondition(old, 'Suspended') && isResumed
}
