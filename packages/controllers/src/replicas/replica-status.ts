import type { Pod, V1ReplicaSetCondition, V1ReplicaSetStatus } from '@quarterdeck/api'
import { matchesLabelMap, timestamp } from '@quarterdeck/api-machinery'

import { hasEnded, isActive, isAvailable, isReady, isTerminating } from '../pods/pod-state.ts'

/** Why replicas could not be made or removed, as the ReplicaFailure condition tells it. */
export interface ReplicaFailure {
  reason: 'FailedCreate' | 'FailedDelete'
  message: string
}

export interface ReplicaStatusInput {
  status: V1ReplicaSetStatus
  generation: number | undefined
  templateLabels: Record<string, string> | undefined
  minReadySeconds: number
  /** All that are owned, ended and terminating ones too. */
  pods: readonly Pod[]
  failure: ReplicaFailure | undefined
  /** Whether the kind has a count of terminating pods: a ReplicationController has none. */
  countsTerminating: boolean
  nowMs: number
}

/** The status of a ReplicaSet or ReplicationController: counts are absent where they are zero, as Kubernetes writes them. */
export function replicaStatusOf(input: ReplicaStatusInput): V1ReplicaSetStatus {
  const active = input.pods.filter(isActive)
  const count = (is: (pod: Pod) => boolean): number | undefined => active.filter(is).length || undefined
  const conditions = conditionsOf(input)
  return {
    replicas: active.length,
    fullyLabeledReplicas: count((pod) => matchesLabelMap(input.templateLabels, pod.metadata.labels)),
    readyReplicas: count(isReady),
    availableReplicas: count((pod) => isAvailable(pod, input.minReadySeconds, input.nowMs)),
    ...(input.countsTerminating ? { terminatingReplicas: input.pods.filter((pod) => isTerminating(pod) && !hasEnded(pod)).length } : {}),
    observedGeneration: input.generation,
    ...(conditions.length > 0 ? { conditions } : {}),
  }
}

function conditionsOf({ status, failure, nowMs }: ReplicaStatusInput): V1ReplicaSetCondition[] {
  const known = status.conditions ?? []
  const current = known.find((condition) => condition.type === 'ReplicaFailure')
  if (current && failure && current.reason === failure.reason) return known
  const others = known.filter((condition) => condition !== current)
  if (!failure) return others
  return [...others, { type: 'ReplicaFailure', status: 'True', ...failure, lastTransitionTime: timestamp(new Date(nowMs)) }]
}
