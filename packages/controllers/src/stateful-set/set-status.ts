import type { Pod, StatefulSet, V1StatefulSetStatus } from '@quarterdeck/api'

import { isAvailable, isReady, isTerminating } from '../pods/pod-state.ts'
import { revisionNameOf } from './identity.ts'

export interface StatusInput {
  set: StatefulSet
  /** Those it owns. */
  pods: readonly Pod[]
  /** About to be deleted by an update. */
  outdated: readonly Pod[]
  currentRevision: string | undefined
  updateRevision: string | undefined
  collisionCount: number | undefined
  nowMs: number
}

/** Counts are absent where they are zero, except the two that Kubernetes always writes. Conditions, which others set, stay. */
export function statusOfSet({
  set,
  pods,
  outdated,
  currentRevision,
  updateRevision,
  collisionCount,
  nowMs,
}: StatusInput): V1StatefulSetStatus {
  const running = pods.filter((pod) => pod.status.phase === 'Running' && isReady(pod))
  const staying = pods.filter((pod) => !isTerminating(pod))
  const currentReplicas = staying.filter((pod) => revisionNameOf(pod) === currentRevision && !outdated.includes(pod)).length
  const updatedReplicas = staying.filter((pod) => revisionNameOf(pod) === updateRevision).length
  const wanted = set.spec.replicas ?? 1
  const isComplete =
    set.spec.updateStrategy?.type === 'RollingUpdate' && [updatedReplicas, running.length, pods.length].every((count) => count === wanted)
  return {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    readyReplicas: running.length || undefined,
    availableReplicas: running.filter((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)).length,
    currentReplicas: (isComplete ? updatedReplicas : currentReplicas) || undefined,
    updatedReplicas: updatedReplicas || undefined,
    currentRevision: isComplete ? updateRevision : currentRevision,
    updateRevision,
    collisionCount: collisionCount ?? 0,
    conditions: set.status.conditions,
  }
}
