import { quantityToNumber } from '@quarterdeck/api-machinery'

import type { V1PodSpec } from '../generated/types.ts'

export type QualityOfService = 'Guaranteed' | 'Burstable' | 'BestEffort'

const resources = ['cpu', 'memory'] as const

/**
 * The QoS class that requests and limits of CPU and memory give a pod: of the pod as a whole if it declares any, else of
 * its containers. Zero counts as absent.
 */
export function qualityOfServiceOf(spec: V1PodSpec): QualityOfService {
  const declared = spec.resources ? [spec.resources] : [...spec.containers, ...(spec.initContainers ?? [])].map((c) => c.resources ?? {})
  const total = (list: 'requests' | 'limits', name: string): number =>
    declared.reduce((sum, r) => sum + quantityToNumber(r[list]?.[name]), 0)
  if (resources.every((name) => total('requests', name) === 0 && total('limits', name) === 0)) return 'BestEffort'
  const hasAllLimits = declared.every((r) => resources.every((name) => quantityToNumber(r.limits?.[name]) > 0))
  const isEqual = resources.every((name) => total('requests', name) === total('limits', name))
  return hasAllLimits && isEqual ? 'Guaranteed' : 'Burstable'
}
