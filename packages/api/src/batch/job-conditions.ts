import type { V1JobStatus } from '../generated/types.ts'

export type JobConditionType = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet' | 'Suspended'

/** Whether the condition is True. */
export function hasJobCondition(status: V1JobStatus | undefined, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
}

export function isJobFinished(status: V1JobStatus | undefined): boolean {
  return hasJobCondition(status, 'Complete') || hasJobCondition(status, 'Failed')
}
