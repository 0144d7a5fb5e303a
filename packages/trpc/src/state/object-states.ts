import type { Deployment, Namespace, Node, ReplicaSet, ReplicationController } from '@quarterdeck/api'

import type { State } from './state.ts'

export function deploymentState({ spec, status }: Deployment): State {
  const wanted = spec.replicas ?? 1
  const { availableReplicas = 0, updatedReplicas = 0, replicas = 0, conditions = [] } = status
  const failed = conditions.find((c) => c.type === 'ReplicaFailure' && c.status === 'True')
  if (failed) return { text: 'Failing', tone: 'bad', reason: failed.message }
  const stuck = conditions.find((c) => c.type === 'Progressing' && c.status === 'False')
  if (stuck) return { text: 'Stuck', tone: 'bad', reason: stuck.message }
  if (spec.paused) return { text: 'Paused', tone: 'warning' }
  if (wanted === 0 && replicas === 0) return { text: 'Scaled to 0', tone: 'neutral' }
  if (updatedReplicas < wanted || replicas > updatedReplicas) return { text: 'Rolling out', tone: 'progress' }
  if (availableReplicas < wanted) return { text: 'Not available', tone: availableReplicas === 0 ? 'warning' : 'progress' }
  return { text: 'Available', tone: 'good' }
}

export function replicasState({ spec, status }: ReplicaSet | ReplicationController): State {
  const wanted = spec?.replicas ?? 1
  const ready = status?.readyReplicas ?? 0
  if (wanted === 0) return { text: 'Scaled to 0', tone: 'neutral' }
  return ready >= wanted ? { text: 'Ready', tone: 'good' } : { text: 'Not ready', tone: 'progress' }
}

const pressures: Record<string, string> = {
  MemoryPressure: 'Memory pressure',
  DiskPressure: 'Disk pressure',
  PIDPressure: 'Too many processes',
  NetworkUnavailable: 'No network',
}

export function nodeState({ spec, status }: Node): State {
  const conditions = status?.conditions ?? []
  const ready = conditions.find((c) => c.type === 'Ready')
  if (ready?.status !== 'True')
    return { text: ready?.status === 'Unknown' ? 'Unreachable' : 'Not ready', tone: 'bad', reason: ready?.message }
  const pressure = conditions.find((c) => c.status === 'True' && c.type in pressures)
  if (pressure) return { text: pressures[pressure.type]!, tone: 'warning', reason: pressure.message }
  return spec?.unschedulable ? { text: 'Cordoned', tone: 'warning' } : { text: 'Ready', tone: 'good' }
}

export function namespaceState({ status }: Namespace): State {
  const { phase = 'Active', conditions = [] } = status ?? {}
  const held = conditions.find((c) => c.status === 'True' && c.message)
  return phase === 'Active' ? { text: phase, tone: 'good' } : { text: phase, tone: 'progress', reason: held?.message }
}
