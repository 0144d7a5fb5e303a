import type { Deployment, ReplicaSet } from '@quarterdeck/api'

import { activeOf, availableOf, byAge, sizeOf, totalSizeOf, type Sizes } from './replica-set-sizes.ts'
import { rollingLimitsOf } from './rolling-limits.ts'

/** How large the ReplicaSet of the newest template may be now; `all` are the others and itself, if it exists. */
export function newReplicaSetSize(deployment: Deployment, all: readonly ReplicaSet[], current: number): number {
  const replicas = deployment.spec.replicas ?? 1
  if (deployment.spec.strategy?.type === 'Recreate') return replicas
  const room = replicas + rollingLimitsOf(deployment).maxSurge - totalSizeOf(all)
  return room <= 0 ? current : current + Math.min(room, Math.max(0, replicas - current))
}

/** The next step of a rolling update: the new ReplicaSet grows as far as it may; when it can't, old ones shrink as far as they may. */
export function planRollingUpdate(deployment: Deployment, newReplicaSet: ReplicaSet, oldReplicaSets: readonly ReplicaSet[]): Sizes {
  const all = [...oldReplicaSets, newReplicaSet]
  const replicas = deployment.spec.replicas ?? 1
  const current = sizeOf(newReplicaSet)
  const next = current > replicas ? replicas : newReplicaSetSize(deployment, all, current)
  if (next !== current) return new Map([[newReplicaSet.metadata.uid, next]])
  return planOldReplicaSets(deployment, newReplicaSet, activeOf(oldReplicaSets))
}

function planOldReplicaSets(deployment: Deployment, newReplicaSet: ReplicaSet, active: readonly ReplicaSet[]): Sizes {
  const all = [...active, newReplicaSet]
  const minAvailable = (deployment.spec.replicas ?? 1) - rollingLimitsOf(deployment).maxUnavailable
  const newUnavailable = sizeOf(newReplicaSet) - availableOf(newReplicaSet)
  const removable = totalSizeOf(all) - minAvailable - newUnavailable
  const sizes: Sizes = new Map()
  if (active.length === 0 || removable <= 0) return sizes
  const oldestFirst = active.toSorted(byAge)

  // Pods that don't work go first: it costs no availability, and they could block the rollout for ever.
  let left = removable
  for (const replicaSet of oldestFirst) {
    const removed = Math.min(left, sizeOf(replicaSet) - availableOf(replicaSet))
    if (removed <= 0) continue
    sizes.set(replicaSet.metadata.uid, sizeOf(replicaSet) - removed)
    left -= removed
  }

  let surplus = all.reduce((total, replicaSet) => total + availableOf(replicaSet), 0) - minAvailable
  for (const replicaSet of oldestFirst) {
    const size = sizes.get(replicaSet.metadata.uid) ?? sizeOf(replicaSet)
    const removed = Math.min(size, surplus)
    if (removed <= 0) continue
    sizes.set(replicaSet.metadata.uid, size - removed)
    surplus -= removed
  }
  return sizes
}
