import { timestamp } from '@quarterdeck/api-machinery'

import type { V1Condition, V1PodDisruptionBudgetStatus } from './generated/types.ts'

const conditionType = 'DisruptionAllowed'

/** The status with its DisruptionAllowed condition made to fit its count of allowed disruptions. */
export function withDisruptionCondition(status: V1PodDisruptionBudgetStatus, nowMs: number): V1PodDisruptionBudgetStatus {
  const allowed = (status.disruptionsAllowed ?? 0) > 0
  return withCondition(status, { status: allowed ? 'True' : 'False', reason: allowed ? 'SufficientPods' : 'InsufficientPods' }, nowMs)
}

/** As withDisruptionCondition, of a budget that cannot be worked out: nothing is allowed, and the condition says why. */
export function withFailedSync(status: V1PodDisruptionBudgetStatus, message: string, nowMs: number): V1PodDisruptionBudgetStatus {
  return withCondition({ ...status, disruptionsAllowed: 0 }, { status: 'False', reason: 'SyncFailed', message }, nowMs)
}

export const disruptionConditionOf = (status: V1PodDisruptionBudgetStatus | undefined): V1Condition | undefined =>
  status?.conditions?.find(({ type }) => type === conditionType)

interface Verdict {
  status: 'True' | 'False'
  reason: string
  message?: string
}

function withCondition(
  status: V1PodDisruptionBudgetStatus,
  { message = '', ...verdict }: Verdict,
  nowMs: number,
): V1PodDisruptionBudgetStatus {
  const old = disruptionConditionOf(status)
  const condition: V1Condition = {
    type: conditionType,
    ...verdict,
    message,
    ...(status.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }),
    lastTransitionTime: old?.status === verdict.status ? old.lastTransitionTime : timestamp(new Date(nowMs)),
  }
  return { ...status, conditions: [...(status.conditions ?? []).filter(({ type }) => type !== conditionType), condition] }
}
