import type { Deployment, ReplicaSet } from '@quarterdeck/api'

/** The revision of a rollout: on a Deployment its current one, on a ReplicaSet the latest it stood for. */
export const revisionAnnotation = 'deployment.kubernetes.io/revision'
/** Revisions that a ReplicaSet stood for before, separated by commas. */
export const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history'
/** spec.replicas of the Deployment when the ReplicaSet was last scaled: if they differ, the Deployment was scaled. */
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas'
/** As desiredReplicasAnnotation, with maxSurge added: the base of proportional scaling. */
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas'

const longestHistory = 2000

/** Annotations that a Deployment and its ReplicaSets have each for themselves. */
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
])

export type Annotations = Record<string, string>

/** Revisions have 64 bits. What is none counts as 0. */
export function revisionOf(replicaSet: ReplicaSet): bigint {
  const text = replicaSet.metadata.annotations?.[revisionAnnotation] ?? ''
  const revision = isInteger(text) ? BigInt(text) : 0n
  return BigInt.asIntN(64, revision) === revision ? revision : 0n
}

export const laterRevision = (a: bigint, b: bigint): bigint => (a > b ? a : b)

export function desiredReplicasOf(replicaSet: ReplicaSet): number | undefined {
  return integer(replicaSet.metadata.annotations?.[desiredReplicasAnnotation])
}

export function maxReplicasOf(replicaSet: ReplicaSet): number | undefined {
  return integer(replicaSet.metadata.annotations?.[maxReplicasAnnotation])
}

/** The Deployment's own annotations, which every new ReplicaSet takes over (change-cause among them). */
export function inheritedAnnotations(deployment: Deployment): Annotations {
  return Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !notCopied.has(name)))
}

/** Annotations of the ReplicaSet that stands for `revision` from now on. A revision never goes down. */
export function annotationsAtRevision(deployment: Deployment, replicaSet: ReplicaSet, revision: bigint): Annotations {
  const current = replicaSet.metadata.annotations ?? {}
  const annotations = { ...current, ...inheritedAnnotations(deployment) }
  if (revisionOf(replicaSet) >= revision) return annotations
  const previous = current[revisionAnnotation]
  annotations[revisionAnnotation] = String(revision)
  if (previous) annotations[revisionHistoryAnnotation] = extended(current[revisionHistoryAnnotation], previous)
  return annotations
}

export function replicasAnnotations(desired: number, maxSurge: number): Annotations {
  return { [desiredReplicasAnnotation]: String(desired), [maxReplicasAnnotation]: String(desired + maxSurge) }
}

/** The history with one more revision; the oldest go when it becomes too long. */
function extended(history: string | undefined, revision: string): string {
  const revisions = history ? [...history.split(','), revision] : [revision]
  while (revisions.length > 1 && revisions.join(',').length > longestHistory) revisions.shift()
  return revisions.join(',')
}

const isInteger = (text: string): boolean => /^-?\d+$/.test(text)

function integer(text: string | undefined): number | undefined {
  return text !== undefined && isInteger(text) ? Number(text) : undefined
}
