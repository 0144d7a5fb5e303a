import type { Deployment, ReplicaSet } from '@quarterdeck/api'

import { desiredReplicasOf, maxReplicasOf } from './annotations.ts'
import { activeOf, availableOf, byAge, sizeOf, totalSizeOf, type Sizes } from './replica-set-sizes.ts'
import { rollingLimitsOf } from './rolling-limits.ts'

/** Whether spec.replicas changed since the ReplicaSets were last sized. */
export function isScalingEvent(deployment: Deployment, replicaSets: readonly ReplicaSet[]): boolean {
  return activeOf(replicaSets).some((replicaSet) => {
    const desired = desiredReplicasOf(replicaSet)
    return desired !== undefined && desired !== (deployment.spec.replicas ?? 1)
  })
}

/**
 * Sizes after a scale, without moving a rollout forward. In the middle of a rollout each ReplicaSet gets its share of the change,
 * so that one that doesn't work doesn't take all of it.
 */
export function planScale(deployment: Deployment, newReplicaSet: ReplicaSet | undefined, oldReplicaSets: readonly ReplicaSet[]): Sizes {
  const replicas = deployment.spec.replicas ?? 1
  const all = newReplicaSet ? [...oldReplicaSets, newReplicaSet] : [...oldReplicaSets]
  const active = activeOf(all)
  if (active.length <= 1) {
    const only = active[0] ?? newReplicaSet ?? oldReplicaSets.toSorted(byAge).at(-1)
    return new Map(only ? [[only.metadata.uid, replicas]] : [])
  }
  if (newReplicaSet && isSaturated(deployment, newReplicaSet)) {
    return new Map(activeOf(oldReplicaSets).map((old) => [old.metadata.uid, 0]))
  }
  return deployment.spec.strategy?.type === 'Recreate' ? new Map() : planProportional(deployment, active)
}

function isSaturated(deployment: Deployment, replicaSet: ReplicaSet): boolean {
  const replicas = deployment.spec.replicas ?? 1
  return sizeOf(replicaSet) === replicas && desiredReplicasOf(replicaSet) === replicas && availableOf(replicaSet) === replicas
}

function planProportional(deployment: Deployment, active: readonly ReplicaSet[]): Sizes {
  const replicas = deployment.spec.replicas ?? 1
  const allowed = replicas > 0 ? replicas + rollingLimitsOf(deployment).maxSurge : 0
  const toAdd = allowed - totalSizeOf(active)
  // Growth goes to the largest first, then the newest; shrinking to the largest first, then the oldest.
  const ordered = active.toSorted((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)))
  const sizes: Sizes = new Map()
  let added = 0
  for (const replicaSet of ordered) {
    const share = shareOf(deployment, replicaSet, { allowed, left: toAdd - added })
    sizes.set(replicaSet.metadata.uid, sizeOf(replicaSet) + share)
    added += share
  }
  const first = ordered[0]
  if (first) sizes.set(first.metadata.uid, Math.max(0, (sizes.get(first.metadata.uid) ?? 0) + toAdd - added))
  return sizes
}

/** What one ReplicaSet gets of the change: in proportion to its size, at most what is left. */
function shareOf(deployment: Deployment, replicaSet: ReplicaSet, { allowed, left }: { allowed: number; left: number }): number {
  if (left === 0) return 0
  const size = sizeOf(replicaSet)
  if ((deployment.spec.replicas ?? 1) === 0) return Math.max(-size, left)
  const before = maxReplicasOf(replicaSet) || deployment.status.replicas || 0
  if (before === 0) return 0
  const share = Math.round((size * allowed) / before) - size
  return left > 0 ? Math.min(share, left) : Math.max(share, left)
}
