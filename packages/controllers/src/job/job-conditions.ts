import type { JobConditionType, V1JobCondition, V1JobStatus } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'

/** Why a Job ends. */
export interface JobEnd {
  type: 'FailureTarget' | 'SuccessCriteriaMet'
  reason: string
  message: string
}

/** What the Job decided earlier. A decision stands. */
export function decidedEnd(status: V1JobStatus): JobEnd | undefined {
  for (const type of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const condition = status.conditions?.find((other) => other.type === type && other.status === 'True')
    if (condition) return { type, reason: condition.reason ?? '', message: condition.message ?? '' }
  }
  return undefined
}

export interface ConditionChange {
  type: JobConditionType
  status: 'True' | 'False'
  reason: string
  message: string
}

/** The conditions with one of them set. One that was never there is not made False. */
export function withCondition(conditions: readonly V1JobCondition[], change: ConditionChange, nowMs: number): V1JobCondition[] {
  const { type, status, reason, message } = change
  const current = conditions.find((condition) => condition.type === type)
  if (!current && status === 'False') return [...conditions]
  if (current?.status === status && current.reason === reason && current.message === message) return [...conditions]
  const now = timestamp(new Date(nowMs))
  const next = { type, status, reason, message, lastProbeTime: now, lastTransitionTime: now }
  return current ? conditions.map((condition) => (condition === current ? next : condition)) : [...conditions, next]
}
