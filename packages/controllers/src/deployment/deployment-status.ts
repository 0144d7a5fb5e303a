import type { Deployment, ReplicaSet, V1DeploymentStatus } from '@quarterdeck/api'

import { conditionOf, hasProgressDeadline, replaceCondition, withCondition, withoutCondition, type NewCondition } from './conditions.ts'
import { rollingLimitsOf } from './rolling-limits.ts'

const sum = (replicaSets: readonly ReplicaSet[], of: (replicaSet: ReplicaSet) => number | undefined): number =>
  replicaSets.reduce((total, replicaSet) => total + (of(replicaSet) ?? 0), 0)

export interface Observed {
  deployment: Deployment
  newReplicaSet: ReplicaSet | undefined
  /** New and old ones. */
  replicaSets: readonly ReplicaSet[]
  nowMs: number
}

/** Counts and the Available condition; the other conditions stay. Counts are absent where they are zero. */
export function statusOf({ deployment, newReplicaSet, replicaSets, nowMs }: Observed): V1DeploymentStatus {
  const available = sum(replicaSets, ({ status }) => status.availableReplicas)
  const total = sum(replicaSets, ({ status }) => status.replicas)
  const status: V1DeploymentStatus = {
    observedGeneration: deployment.metadata.generation,
    replicas: total || undefined,
    updatedReplicas: newReplicaSet?.status.replicas || undefined,
    readyReplicas: sum(replicaSets, (replicaSet) => replicaSet.status.readyReplicas) || undefined,
    availableReplicas: available || undefined,
    unavailableReplicas: Math.max(0, total - available) || undefined,
    terminatingReplicas: sum(replicaSets, (replicaSet) => replicaSet.status.terminatingReplicas),
    collisionCount: deployment.status.collisionCount,
    conditions: deployment.status.conditions,
  }
  const isAvailable = available >= (deployment.spec.replicas ?? 1) - rollingLimitsOf(deployment).maxUnavailable
  return withCondition(status, isAvailable ? minimumAvailable : minimumUnavailable, nowMs)
}

const minimumAvailable: NewCondition = {
  type: 'Available',
  status: 'True',
  reason: 'MinimumReplicasAvailable',
  message: 'Deployment has minimum availability.',
}
const minimumUnavailable: NewCondition = {
  type: 'Available',
  status: 'False',
  reason: 'MinimumReplicasUnavailable',
  message: 'Deployment does not have minimum availability.',
}

/** Everything is of the newest template, available, and nothing old is left. */
export function isComplete(deployment: Deployment, status: V1DeploymentStatus): boolean {
  const wanted = deployment.spec.replicas ?? 1
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

/** statusOf, with what it says about the progress of the rollout: the Progressing and ReplicaFailure conditions. */
export function rolloutStatusOf(observed: Observed): V1DeploymentStatus {
  const { deployment, newReplicaSet, nowMs } = observed
  let status = statusOf(observed)
  const current = conditionOf(deployment.status, 'Progressing')
  const wasComplete = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable'
  if (!hasProgressDeadline(deployment)) status = withoutCondition(status, 'Progressing')
  else if (!wasComplete) status = withProgress(deployment, status, { newReplicaSet, nowMs })
  return withReplicaFailure(status, observed)
}

function withProgress(
  deployment: Deployment,
  status: V1DeploymentStatus,
  { newReplicaSet, nowMs }: Pick<Observed, 'newReplicaSet' | 'nowMs'>,
): V1DeploymentStatus {
  const subject = newReplicaSet ? `ReplicaSet "${newReplicaSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`
  const type = 'Progressing'
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`
    return withCondition(status, { type, status: 'True', reason: 'NewReplicaSetAvailable', message }, nowMs)
  }
  if (isProgressing(deployment.status, status)) {
    return replaceCondition(status, { type, status: 'True', reason: 'ReplicaSetUpdated', message: `${subject} is progressing.` }, nowMs)
  }
  if (deadlineInMs(deployment, status, nowMs) === 0) {
    const message = `${subject} has timed out progressing.`
    return withCondition(status, { type, status: 'False', reason: 'ProgressDeadlineExceeded', message }, nowMs)
  }
  return status
}

/** Whether something moved towards the new template since the status was last written. */
function isProgressing(before: V1DeploymentStatus, after: V1DeploymentStatus): boolean {
  const oldOf = (status: V1DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    oldOf(after) < oldOf(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  )
}

/** Milliseconds until the rollout counts as stuck, 0 if it does; undefined if nothing is being waited for. */
export function deadlineInMs(deployment: Deployment, status: V1DeploymentStatus, nowMs: number): number | undefined {
  const progressing = conditionOf(status, 'Progressing')
  if (!progressing || !hasProgressDeadline(deployment) || progressing.reason === 'NewReplicaSetAvailable') return undefined
  if (progressing.reason === 'ProgressDeadlineExceeded') return 0
  const sinceMs = Date.parse(progressing.lastUpdateTime ?? deployment.metadata.creationTimestamp)
  return Math.max(0, sinceMs + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000 - nowMs)
}

/** The newest ReplicaSet's failure counts more than that of an old one. */
function withReplicaFailure(status: V1DeploymentStatus, { newReplicaSet, replicaSets, nowMs }: Observed): V1DeploymentStatus {
  const candidates = newReplicaSet ? [newReplicaSet, ...replicaSets] : replicaSets
  const failure = candidates.flatMap((r) => r.status.conditions ?? []).find((condition) => condition.type === 'ReplicaFailure')
  if (!failure) return withoutCondition(status, 'ReplicaFailure')
  const condition: NewCondition = {
    type: 'ReplicaFailure',
    status: failure.status === 'True' ? 'True' : 'Unknown',
    reason: failure.reason ?? '',
    message: failure.message ?? '',
  }
  return withCondition(status, condition, nowMs)
}
