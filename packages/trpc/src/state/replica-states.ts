import type { Deployment, ReplicaSet, ReplicationController, V1ReplicaSetCondition } from '@quarterdeck/api'

import { creationTrouble } from './creation-trouble.ts'
import { ledByTrouble } from './pod-trouble.ts'
import type { Around, State } from './state.ts'

/** A refusal of its pods leads, then what ails the newest of them, then how far its rollout is. */
export function deploymentState(deployment: Deployment, { trouble }: Around): State {
  const refused = refusalOf(deployment.status.conditions)
  if (refused) return refused
  return ledByTrouble(rolloutState(deployment), trouble, deployment.spec.replicas ?? 1)
}

function rolloutState({ spec, status }: Deployment): State {
  const wanted = spec.replicas ?? 1
  const { availableReplicas = 0, updatedReplicas = 0, replicas = 0, conditions = [] } = status
  const overdue = conditions.find((c) => c.type === 'Progressing' && c.status === 'False')
  if (overdue) {
    const deadline = spec.progressDeadlineSeconds ?? 600
    return { text: 'Stuck', tone: 'bad', reason: `the rollout made no progress for ${deadline} s`, detail: overdue.message }
  }
  if (wanted === 0 && replicas === 0) return { text: 'Scaled to 0', tone: 'neutral' }
  if (spec.paused) return { text: 'Paused', tone: 'warning', reason: 'changes of its template wait until it is resumed' }
  if (updatedReplicas < wanted || replicas > updatedReplicas)
    return { text: 'Rolling out', tone: 'progress', reason: `${updatedReplicas} of ${wanted} pods are up to date` }
  if (availableReplicas < wanted)
    return {
      text: 'Not available',
      tone: availableReplicas === 0 ? 'warning' : 'progress',
      reason: `${availableReplicas} of ${wanted} pods are available`,
    }
  return { text: 'Available', tone: 'good' }
}

export function replicasState({ spec, status }: ReplicaSet | ReplicationController, { trouble }: Around): State {
  const refused = refusalOf(status?.conditions)
  if (refused) return refused
  const wanted = spec?.replicas ?? 1
  const ready = status?.readyReplicas ?? 0
  if (wanted === 0) return { text: 'Scaled to 0', tone: 'neutral' }
  if (ready >= wanted) return { text: 'Ready', tone: 'good' }
  return ledByTrouble({ text: 'Not ready', tone: 'progress', reason: `${ready} of ${wanted} pods are ready` }, trouble, wanted)
}

function refusalOf(conditions: readonly V1ReplicaSetCondition[] = []): State | undefined {
  const failed = conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  if (!failed) return undefined
  return failed.reason === 'FailedDelete'
    ? { text: 'Pods not deleted', tone: 'bad', reason: 'pods of it can’t be deleted', detail: failed.message }
    : creationTrouble(failed.message)
}
