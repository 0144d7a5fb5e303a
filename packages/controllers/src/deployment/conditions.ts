import type { Deployment, V1DeploymentCondition, V1DeploymentStatus } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'

export type ConditionType = 'Available' | 'Progressing' | 'ReplicaFailure'

export interface NewCondition {
  type: ConditionType
  status: 'True' | 'False' | 'Unknown'
  reason: string
  message: string
}

/** The largest int32: what clients send for "no deadline". */
const noDeadline = 2_147_483_647

export function hasProgressDeadline(deployment: Deployment): boolean {
  const deadline = deployment.spec.progressDeadlineSeconds
  return deadline !== undefined && deadline !== noDeadline
}

export function conditionOf(status: V1DeploymentStatus, type: ConditionType): V1DeploymentCondition | undefined {
  return status.conditions?.find((condition) => condition.type === type)
}

export function withoutCondition(status: V1DeploymentStatus, type: ConditionType): V1DeploymentStatus {
  return { ...status, conditions: (status.conditions ?? []).filter((condition) => condition.type !== type) }
}

/** The status with the condition set. One of the same status and reason is left as it is; a transition is a change of status. */
export function withCondition(status: V1DeploymentStatus, condition: NewCondition, nowMs: number): V1DeploymentStatus {
  const current = conditionOf(status, condition.type)
  if (current?.status === condition.status && current.reason === condition.reason) return status
  return replaceCondition(status, condition, nowMs)
}

/** As withCondition, but counts as an update even if only its time changes. */
export function replaceCondition(status: V1DeploymentStatus, condition: NewCondition, nowMs: number): V1DeploymentStatus {
  const current = conditionOf(status, condition.type)
  const now = timestamp(new Date(nowMs))
  const lastTransitionTime = current?.status === condition.status ? current.lastTransitionTime : now
  const conditions = (status.conditions ?? []).filter(({ type }) => type !== condition.type)
  return { ...status, conditions: [...conditions, { ...condition, lastUpdateTime: now, lastTransitionTime }] }
}
