import { pods, type Kind, type Pod, type V1PodTemplateSpec, type V1ReplicaSetStatus } from '@quarterdeck/api'
import { keyOf, type KubeObject } from '@quarterdeck/api-machinery'
import { again, done, updateStatus, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { applyClaim, planClaim } from '../ownership/claim.ts'
import { createPod, deletePod, isNamespaceTerminating } from '../pods/change-pods.ts'
import { availableInMs, isActive } from '../pods/pod-state.ts'
import { podsToDelete } from './deletion-order.ts'
import { podFromTemplate } from './pod-from-template.ts'
import { replicaStatusOf, type ReplicaFailure } from './replica-status.ts'
import { slowStartBatch } from './slow-start.ts'

/** What ReplicaSets and ReplicationControllers have in common. */
export interface Replicated<T extends KubeObject> {
  object: T & { status: V1ReplicaSetStatus }
  kind: Kind<T & { status: V1ReplicaSetStatus }>
  replicas: number
  minReadySeconds: number
  template: V1PodTemplateSpec
  /** Whether the status counts terminating pods. */
  countsTerminating: boolean
  selects: (labels: Record<string, string> | undefined) => boolean
  /** Pods of the same application, to choose what to delete; includes its own. */
  related: (owned: readonly Pod[]) => readonly Pod[]
}

/** Most pods made or deleted in one go; the events of these bring the next. */
const burst = 500

export interface ReplicaPlan {
  create: number
  delete: Pod[]
}

/** What must change. No I/O. */
export function planReplicas(replicas: number, active: readonly Pod[], options: { related: readonly Pod[]; nowMs: number }): ReplicaPlan {
  const missing = replicas - active.length
  if (missing >= 0) return { create: Math.min(missing, burst), delete: [] }
  return { create: 0, delete: podsToDelete(active, Math.min(-missing, burst), options) }
}

/** Keeps the number of active pods equal to `replicas` and tells it in the status. */
export async function reconcileReplicas<T extends KubeObject>(replicated: Replicated<T>, ctx: ReconcileContext): Promise<ReconcileResult> {
  const { object, kind, replicas, minReadySeconds } = replicated
  if (!ctx.seesOwnWrites(keyOf(object))) return done
  const candidates = [...ctx.cache(pods).ownedBy(object), ...ctx.cache(pods).orphans(object.metadata.namespace ?? '')]
  const plan = planClaim(object, candidates, (pod) => replicated.selects(pod.metadata.labels))
  const owned = await applyClaim(ctx.client, { object, kind }, { plan, kind: pods })

  const nowMs = ctx.clock.now()
  const change = object.metadata.deletionTimestamp
    ? { create: 0, delete: [] }
    : planReplicas(replicas, owned.filter(isActive), { related: replicated.related(owned), nowMs })
  const { failure, error } = await applyReplicas(replicated, change, ctx)

  const status = replicaStatusOf({
    status: object.status,
    generation: object.metadata.generation,
    templateLabels: replicated.template.metadata?.labels,
    minReadySeconds,
    pods: owned,
    failure,
    countsTerminating: replicated.countsTerminating,
    nowMs,
  })
  await updateStatus(ctx.client, kind, { object, status })
  if (error) throw error
  const waits = owned
    .filter(isActive)
    .map((pod) => availableInMs(pod, minReadySeconds, nowMs))
    .filter((wait) => wait !== undefined && wait > 0)
  return waits.length > 0 ? again(Math.min(...(waits as number[]))) : done
}

interface Applied {
  failure: ReplicaFailure | undefined
  error: Error | undefined
}

async function applyReplicas<T extends KubeObject>(replicated: Replicated<T>, plan: ReplicaPlan, ctx: ReconcileContext): Promise<Applied> {
  const { object, kind, template } = replicated
  const created = await slowStartBatch(plan.create, () => createPod(object, podFromTemplate(object, kind, template), ctx))
  const deleted = await Promise.allSettled(plan.delete.map((pod) => deletePod(object, pod, ctx)))
  const createError = created.failures.find((error) => !isNamespaceTerminating(error))
  const deleteError = deleted.find((result) => result.status === 'rejected')?.reason as Error | undefined
  if (createError) return { error: createError, failure: { reason: 'FailedCreate', message: createError.message } }
  if (deleteError) return { error: deleteError, failure: { reason: 'FailedDelete', message: deleteError.message } }
  return { error: undefined, failure: undefined }
}
