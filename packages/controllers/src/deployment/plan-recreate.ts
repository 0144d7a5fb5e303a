import type { Pod, ReplicaSet } from '@quarterdeck/api'

import { hasEnded } from '../pods/pod-state.ts'
import { activeOf, type Sizes } from './replica-set-sizes.ts'

/** Old ReplicaSets go to 0 at once. */
export function planRecreate(oldReplicaSets: readonly ReplicaSet[]): Sizes {
  return new Map(activeOf(oldReplicaSets).map((old) => [old.metadata.uid, 0]))
}

/** Whether a pod of an older template may still run: until none does, nothing new starts. */
export function oldPodsRun(oldReplicaSets: readonly ReplicaSet[], podsOf: (replicaSet: ReplicaSet) => readonly Pod[]): boolean {
  return oldReplicaSets.some((old) => old.status.replicas > 0 || podsOf(old).some((pod) => !hasEnded(pod)))
}
