import type { DaemonSet, StatefulSet } from '@quarterdeck/api'

import { ledByTrouble } from './pod-trouble.ts'
import type { Around, State } from './state.ts'

const waitsForDeletes = 'its pods take the new template when they are deleted (OnDelete)'

export function statefulSetState(set: StatefulSet, { trouble }: Around): State {
  return ledByTrouble(setRolloutState(set), trouble, set.spec.replicas ?? 1)
}

function setRolloutState({ spec, status }: StatefulSet): State {
  const wanted = spec.replicas ?? 1
  const { replicas = 0, readyReplicas = 0, updatedReplicas = 0, currentRevision, updateRevision } = status ?? {}
  if (wanted === 0 && replicas === 0) return { text: 'Scaled to 0', tone: 'neutral' }
  const { type, rollingUpdate } = spec.updateStrategy ?? {}
  const partition = rollingUpdate?.partition ?? 0
  if (updateRevision !== undefined && updateRevision !== currentRevision && updatedReplicas < wanted) {
    if (type === 'OnDelete') return { text: 'Update waits', tone: 'warning', reason: waitsForDeletes }
    if (updatedReplicas < wanted - partition)
      return { text: 'Rolling out', tone: 'progress', reason: `${updatedReplicas} of ${wanted} pods are up to date` }
    if (readyReplicas >= wanted)
      return { text: 'Partly updated', tone: 'progress', reason: `pods below ordinal ${partition} keep the former template` }
  }
  if (readyReplicas < wanted)
    return { text: 'Not ready', tone: readyReplicas === 0 ? 'warning' : 'progress', reason: `${readyReplicas} of ${wanted} pods are ready` }
  return replicas > wanted ? { text: 'Scaling down', tone: 'progress' } : { text: 'Ready', tone: 'good' }
}

export function daemonSetState(set: DaemonSet, { trouble }: Around): State {
  return ledByTrouble(daemonRolloutState(set), trouble, set.status?.desiredNumberScheduled ?? 0)
}

function daemonRolloutState({ spec, status }: DaemonSet): State {
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0, numberMisscheduled = 0 } = status ?? {}
  if (desiredNumberScheduled === 0) return { text: 'No node', tone: 'neutral', reason: 'no node is to run a pod of it' }
  if (updatedNumberScheduled < desiredNumberScheduled)
    return spec.updateStrategy?.type === 'OnDelete'
      ? { text: 'Update waits', tone: 'warning', reason: waitsForDeletes }
      : { text: 'Rolling out', tone: 'progress', reason: `up to date on ${updatedNumberScheduled} of ${desiredNumberScheduled} nodes` }
  if (numberAvailable < desiredNumberScheduled)
    return {
      text: 'Not available',
      tone: numberAvailable === 0 ? 'warning' : 'progress',
      reason: `available on ${numberAvailable} of ${desiredNumberScheduled} nodes`,
    }
  return numberMisscheduled > 0
    ? { text: 'Misplaced pods', tone: 'warning', reason: `${numberMisscheduled} nodes run a pod that they should not` }
    : { text: 'Available', tone: 'good' }
}
