import { resolveCount, type Deployment } from '@quarterdeck/api'

export interface RollingLimits {
  /** Pods there may be above spec.replicas. */
  maxSurge: number
  /** Pods that may be missing from spec.replicas. */
  maxUnavailable: number
}

/** What a Deployment allows during a rollout, in pods: maxSurge rounds up, maxUnavailable down, and never are both 0. */
export function rollingLimitsOf(deployment: Deployment): RollingLimits {
  const replicas = deployment.spec.replicas ?? 1
  if (deployment.spec.strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 }
  const rolling = deployment.spec.strategy?.rollingUpdate
  const maxSurge = resolveCount(rolling?.maxSurge ?? '25%', replicas, Math.ceil)
  const maxUnavailable = resolveCount(rolling?.maxUnavailable ?? '25%', replicas, Math.floor)
  // A rollout that may neither add nor remove a pod would never move.
  const atLeastOne = maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable
  return { maxSurge, maxUnavailable: Math.min(atLeastOne, replicas) }
}
