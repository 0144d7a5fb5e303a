import {
  replicaSets as replicaSetKind,
  deployments,
  type Deployment,
  type Pod,
  type ReplicaSet,
  type V1DeploymentStatus,
} from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'

import { controllerReference } from '../ownership/owner-reference.ts'
import {
  annotationsAtRevision,
  laterRevision,
  inheritedAnnotations,
  replicasAnnotations,
  revisionAnnotation,
  revisionOf,
  type Annotations,
} from './annotations.ts'
import { conditionOf, hasProgressDeadline, withCondition } from './conditions.ts'
import { deadlineInMs, isComplete, rolloutStatusOf, statusOf, type Observed } from './deployment-status.ts'
import { planCleanUp } from './plan-clean-up.ts'
import { oldPodsRun, planRecreate } from './plan-recreate.ts'
import { newReplicaSetSize, planRollingUpdate } from './plan-rolling-update.ts'
import { isScalingEvent, planScale } from './plan-scale.ts'
import { byAge, sizeOf, type Sizes } from './replica-set-sizes.ts'
import { rollingLimitsOf } from './rolling-limits.ts'
import { hashLabel, isSameTemplate, templateHash } from '../pods/template-hash.ts'

export interface DeploymentInput {
  deployment: Deployment
  /** All that it controls. */
  replicaSets: readonly ReplicaSet[]
  podsOf: (replicaSet: ReplicaSet) => readonly Pod[]
  nowMs: number
}

export interface ReplicaSetChange {
  replicaSet: ReplicaSet
  replicas: number
  annotations: Annotations
  minReadySeconds: number | undefined
}

/** One step. The events of its writes bring the next. */
export interface DeploymentPlan {
  create: Draft<ReplicaSet> | undefined
  change: ReplicaSetChange[]
  delete: ReplicaSet[]
  /** What the Deployment's revision annotation must say. */
  revision: string | undefined
  status: V1DeploymentStatus
  /** When to look again even if nothing happens. */
  requeueAfterMs: number | undefined
}

/** What must change. No I/O. Follows the rules [DE1] and later of docs/spec/controllers.md. */
export function planDeployment(input: DeploymentInput): DeploymentPlan {
  const deployment = withPauseCondition(input.deployment, input.nowMs)
  const sorted = input.replicaSets.toSorted(byAge)
  const newReplicaSet = sorted.find((replicaSet) => isSameTemplate(replicaSet.spec.template, deployment.spec.template))
  const old = sorted.filter((replicaSet) => replicaSet !== newReplicaSet)
  const observed: Observed = { deployment, newReplicaSet, replicaSets: sorted, nowMs: input.nowMs }
  const revision = old.map(revisionOf).reduce(laterRevision, 0n) + 1n

  const still = (status: V1DeploymentStatus): DeploymentPlan => ({
    create: undefined,
    change: [],
    delete: [],
    revision: undefined,
    status,
    requeueAfterMs: undefined,
  })
  if (deployment.metadata.deletionTimestamp) return still(statusOf(observed))

  const step = nextStep(observed, old, input.podsOf)
  if (step.create) {
    return { ...still(statusOf(observed)), create: newReplicaSetOf(deployment, sorted, revision), revision: String(revision) }
  }
  const change = changesOf(observed, { sizes: step.sizes, revision })
  const status = step.rollsOut ? rolloutStatusOf(withFoundCondition(observed)) : statusOf(observed)
  return {
    create: undefined,
    change,
    delete: step.cleansUp || isComplete(deployment, status) ? planCleanUp(deployment, old) : [],
    revision: newReplicaSet ? String(laterRevision(revision, revisionOf(newReplicaSet))) : undefined,
    status,
    requeueAfterMs: step.rollsOut ? stuckInMs(deployment, status, input.nowMs) : undefined,
  }
}

interface Step {
  create: boolean
  sizes: Sizes
  /** Whether it moves a rollout: only then does progress count. */
  rollsOut: boolean
  cleansUp: boolean
}

function nextStep(
  { deployment, newReplicaSet, replicaSets }: Observed,
  old: readonly ReplicaSet[],
  podsOf: DeploymentInput['podsOf'],
): Step {
  const isPaused = deployment.spec.paused ?? false
  if (isPaused || isScalingEvent(deployment, replicaSets)) {
    return { create: false, sizes: planScale(deployment, newReplicaSet, old), rollsOut: false, cleansUp: isPaused }
  }
  const rollsOut = { create: false, sizes: new Map<string, number>(), rollsOut: true, cleansUp: false }
  if (deployment.spec.strategy?.type !== 'Recreate') {
    return newReplicaSet ? { ...rollsOut, sizes: planRollingUpdate(deployment, newReplicaSet, old) } : { ...rollsOut, create: true }
  }
  const sizes = planRecreate(old)
  if (sizes.size > 0) return { ...rollsOut, sizes }
  if (oldPodsRun(old, podsOf)) return rollsOut
  if (!newReplicaSet) return { ...rollsOut, create: true }
  return { ...rollsOut, sizes: new Map([[newReplicaSet.metadata.uid, deployment.spec.replicas ?? 1]]) }
}

function changesOf({ deployment, newReplicaSet, replicaSets }: Observed, step: { sizes: Sizes; revision: bigint }): ReplicaSetChange[] {
  const { maxSurge } = rollingLimitsOf(deployment)
  const changes = replicaSets.map((replicaSet): ReplicaSetChange => {
    const isNew = replicaSet === newReplicaSet
    const size = step.sizes.get(replicaSet.metadata.uid)
    return {
      replicaSet,
      replicas: size ?? sizeOf(replicaSet),
      annotations: {
        ...(isNew ? annotationsAtRevision(deployment, replicaSet, step.revision) : replicaSet.metadata.annotations),
        ...(size === undefined ? {} : replicasAnnotations(deployment.spec.replicas ?? 1, maxSurge)),
      },
      minReadySeconds: isNew ? deployment.spec.minReadySeconds : replicaSet.spec.minReadySeconds,
    }
  })
  return changes.filter(isChange)
}

function isChange({ replicaSet, replicas, annotations, minReadySeconds }: ReplicaSetChange): boolean {
  const current = replicaSet.metadata.annotations ?? {}
  return (
    replicas !== sizeOf(replicaSet) ||
    (minReadySeconds ?? 0) !== (replicaSet.spec.minReadySeconds ?? 0) ||
    Object.entries(annotations).some(([name, value]) => current[name] !== value)
  )
}

function newReplicaSetOf(deployment: Deployment, replicaSets: readonly ReplicaSet[], revision: bigint): Draft<ReplicaSet> {
  const { template, selector, minReadySeconds, replicas = 1 } = deployment.spec
  const hash = templateHash(template, deployment.status.collisionCount)
  const labels = { ...template.metadata?.labels, [hashLabel]: hash }
  return {
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: {
        ...inheritedAnnotations(deployment),
        ...replicasAnnotations(replicas, rollingLimitsOf(deployment).maxSurge),
        [revisionAnnotation]: String(revision),
      },
      ownerReferences: [controllerReference(deployment, deployments)],
    },
    spec: {
      replicas: newReplicaSetSize(deployment, replicaSets, 0),
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
    apiVersion: replicaSetKind.apiVersion,
    kind: replicaSetKind.kind,
  }
}

/** Being paused is not being stuck: the clock of the progress deadline starts anew at resuming. */
function withPauseCondition(deployment: Deployment, nowMs: number): Deployment {
  if (!hasProgressDeadline(deployment)) return deployment
  const reason = conditionOf(deployment.status, 'Progressing')?.reason
  if (reason === 'ProgressDeadlineExceeded') return deployment
  const isPaused = deployment.spec.paused ?? false
  if (isPaused === (reason === 'DeploymentPaused')) return deployment
  const condition = isPaused
    ? { reason: 'DeploymentPaused', message: 'Deployment is paused' }
    : { reason: 'DeploymentResumed', message: 'Deployment is resumed' }
  return { ...deployment, status: withCondition(deployment.status, { type: 'Progressing', status: 'Unknown', ...condition }, nowMs) }
}

/** A rollback finds its ReplicaSet already there. */
function withFoundCondition(observed: Observed): Observed {
  const { deployment, newReplicaSet, nowMs } = observed
  if (!newReplicaSet || !hasProgressDeadline(deployment) || conditionOf(deployment.status, 'Progressing')) return observed
  const message = `Found new replica set "${newReplicaSet.metadata.name}"`
  const condition = { type: 'Progressing', status: 'True', reason: 'FoundNewReplicaSet', message } as const
  return { ...observed, deployment: { ...deployment, status: withCondition(deployment.status, condition, nowMs) } }
}

/** A second more than the deadline: times in a status have whole seconds. */
function stuckInMs(deployment: Deployment, status: V1DeploymentStatus, nowMs: number): number | undefined {
  if (isComplete(deployment, status) || conditionOf(status, 'Progressing')?.reason === 'ProgressDeadlineExceeded') return undefined
  const leftMs = deadlineInMs(deployment, status, nowMs)
  return leftMs === undefined ? undefined : leftMs + 1000
}
