import { quantityToNumber } from '@quarterdeck/api-machinery'

import type { V1PodSpec } from '../generated/types.ts'

export type QualityOfService = 'Guaranteed' | 'Burstable' | 'BestEffort'

const resources = ['cpu', 'memory'] as const

/** The QoS class that requests and limits of CPU and memory give a pod. */
export function qualityOfServiceOf(spec: V1PodSpec): QualityOfService {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])]
  const amount = (list: Record<string, string> | undefined, name: string): number => quantityToNumber(list?.[name])
  const isEmpty = containers.every(({ resources: r }) => resources.every((name) => !amount(r?.requests, name) && !amount(r?.limits, name)))
  if (isEmpty) return 'BestEffort'
  const isGuaranteed = containers.every(({ resources: r }) =>
    resources.every((name) => amount(r?.limits, name) > 0 && amount(r?.limits, name) === amount(r?.requests, name)),
  )
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}
