import type { PodDisruptionBudget, ResourceQuota, V2HorizontalPodAutoscaler } from '@quarterdeck/api'
import { milliValueOf } from '@quarterdeck/api-machinery'

import type { State } from './state.ts'

export function budgetState({ metadata, status }: PodDisruptionBudget): State {
  const { expectedPods = 0, currentHealthy = 0, desiredHealthy = 0, disruptionsAllowed = 0, observedGeneration = 0 } = status ?? {}
  if (observedGeneration < (metadata.generation ?? 0)) return { text: 'Counting', tone: 'progress' }
  if (expectedPods === 0) return { text: 'Guards no pod', tone: 'neutral' }
  const reason = `it needs ${desiredHealthy} healthy pods and has ${currentHealthy}`
  if (currentHealthy < desiredHealthy) return { text: 'Too few healthy', tone: 'bad', reason }
  return disruptionsAllowed > 0 ? { text: 'Allows eviction', tone: 'good' } : { text: 'Allows none', tone: 'warning', reason }
}

export function quotaState({ spec, status }: ResourceQuota): State {
  const { hard, used = {} } = status ?? {}
  if (!hard)
    return Object.keys(spec?.hard ?? {}).length > 0 ? { text: 'Counting', tone: 'progress' } : { text: 'Limits nothing', tone: 'neutral' }
  const full = Object.keys(hard).filter((name) => milliValueOf(used[name]) >= milliValueOf(hard[name]))
  return full.length > 0 ? { text: 'Used up', tone: 'warning', reason: full.join(', ') } : { text: 'Has room', tone: 'good' }
}

export function autoscalerState({ spec, status }: V2HorizontalPodAutoscaler): State {
  const { conditions = [], currentReplicas = 0, desiredReplicas = 0 } = status ?? {}
  const is = (type: string, wanted: string) => conditions.find((c) => c.type === type && c.status === wanted)
  const disabled = conditions.find((c) => c.reason === 'ScalingDisabled')
  if (disabled) return { text: 'Disabled', tone: 'neutral', reason: disabled.message }
  const unable = is('AbleToScale', 'False') ?? is('ScalingActive', 'False')
  if (unable) return { text: 'Can’t scale', tone: 'bad', reason: unable.message }
  if (conditions.length === 0) return { text: 'Starting', tone: 'progress' }
  if (desiredReplicas !== currentReplicas) return { text: 'Scaling', tone: 'progress', reason: `${currentReplicas} → ${desiredReplicas}` }
  const limited = is('ScalingLimited', 'True')
  return limited && currentReplicas >= (spec?.maxReplicas ?? Infinity)
    ? { text: 'At its maximum', tone: 'warning', reason: limited.message }
    : { text: 'Steady', tone: 'good' }
}
