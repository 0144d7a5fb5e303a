import type { ReplicaSet } from '@quarterdeck/api'

/** New sizes of ReplicaSets, by uid; one that isn't named keeps its own. */
export type Sizes = Map<string, number>

export const sizeOf = (replicaSet: ReplicaSet): number => replicaSet.spec.replicas ?? 1

export const availableOf = (replicaSet: ReplicaSet): number => replicaSet.status.availableReplicas ?? 0

export const totalSizeOf = (replicaSets: readonly ReplicaSet[]): number => replicaSets.reduce((total, r) => total + sizeOf(r), 0)

export const activeOf = (replicaSets: readonly ReplicaSet[]): ReplicaSet[] => replicaSets.filter((r) => sizeOf(r) > 0)

export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  return Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp) || (a.metadata.name < b.metadata.name ? -1 : 1)
}
