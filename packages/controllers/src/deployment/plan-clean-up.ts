import type { Deployment, ReplicaSet } from '@quarterdeck/api'

import { revisionOf } from './annotations.ts'
import { sizeOf } from './replica-set-sizes.ts'

/** Old ReplicaSets beyond spec.revisionHistoryLimit, the oldest revisions first. One that still has pods is kept. */
export function planCleanUp(deployment: Deployment, oldReplicaSets: readonly ReplicaSet[]): ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit
  if (limit === undefined) return []
  const candidates = oldReplicaSets.filter((old) => !old.metadata.deletionTimestamp)
  return candidates
    .toSorted((a, b) => Number(revisionOf(a) - revisionOf(b)))
    .slice(0, Math.max(0, candidates.length - limit))
    .filter(
      (old) => old.status.replicas === 0 && sizeOf(old) === 0 && (old.metadata.generation ?? 0) <= (old.status.observedGeneration ?? 0),
    )
}
