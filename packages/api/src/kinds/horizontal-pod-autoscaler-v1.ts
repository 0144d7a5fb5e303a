import type { Namespaced } from '@quarterdeck/api-machinery'

import { specFromV1, specToV1, statusToV1 } from '../autoscaling/v1-metrics.ts'
import type { V1HorizontalPodAutoscaler, V2HPAScalingRules, V2MetricSpec } from '../generated/types.ts'
import { defineKind, type Column } from '../kind.ts'
import { validateHorizontalPodAutoscaler, validateHorizontalPodAutoscalerStatus } from '../validation/horizontal-pod-autoscaler.ts'
import { autoscalerColumns, horizontalPodAutoscalers, type HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'

export type HorizontalPodAutoscalerV1 = Namespaced<V1HorizontalPodAutoscaler, 'spec' | 'status'>

const prefix = 'autoscaling.alpha.kubernetes.io/'
/** Where v1 keeps what it has no fields for, as JSON. */
const annotationOf = {
  metrics: `${prefix}metrics`,
  currentMetrics: `${prefix}current-metrics`,
  conditions: `${prefix}conditions`,
  behavior: `${prefix}behavior`,
} as const

/** autoscaling/v1 has a field for the utilization of CPU; all else of v2 is in its annotations. */
export const horizontalPodAutoscalersV1 = defineKind<HorizontalPodAutoscalerV1>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  scope: 'Namespaced',
  model: 'V1HorizontalPodAutoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  hasStatus: true,
  columns: autoscalerColumns.map((column): Column<HorizontalPodAutoscalerV1> => ({
    ...column,
    value: (o, now) => column.value(toV2(o), now),
  })),
  applyDefaults({ spec }) {
    if (spec) spec.minReplicas ??= 1
  },
  prepareForCreate(object) {
    object.status = { currentReplicas: 0, desiredReplicas: 0 }
  },
  validate: (object) => validateHorizontalPodAutoscaler(toV2(object)),
  validateStatusUpdate: (object) => validateHorizontalPodAutoscalerStatus(toV2(object)),
  storedAs: { kind: horizontalPodAutoscalers, toStored: toV2, fromStored: (object) => toV1(object as HorizontalPodAutoscaler) },
})

const isCpuUtilization = ({ resource }: V2MetricSpec): boolean =>
  resource?.name === 'cpu' && resource.target.averageUtilization !== undefined

function toV2({ spec, status, metadata, ...rest }: HorizontalPodAutoscalerV1): HorizontalPodAutoscaler {
  const kept = { ...metadata.annotations }
  const others = read<Record<string, unknown>[]>(kept, annotationOf.metrics) ?? []
  const behavior = read<{ scaleUp?: V2HPAScalingRules; scaleDown?: V2HPAScalingRules }>(kept, annotationOf.behavior)
  const conditions = read<NonNullable<HorizontalPodAutoscaler['status']['conditions']>>(kept, annotationOf.conditions)
  delete kept[annotationOf.currentMetrics]
  const { targetCPUUtilizationPercentage: percentage, ...sameSpec } = spec ?? ({} as HorizontalPodAutoscalerV1['spec'])
  const { currentCPUUtilizationPercentage: _, ...sameStatus } = status ?? ({} as HorizontalPodAutoscalerV1['status'])
  const metrics = (Array.isArray(others) ? others : []).map(specFromV1)
  if (percentage !== undefined)
    metrics.push({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage } } })
  const object: HorizontalPodAutoscaler = {
    ...rest,
    apiVersion: horizontalPodAutoscalers.apiVersion,
    metadata: withAnnotations(metadata, kept),
    spec: { ...sameSpec, metrics, ...(behavior ? { behavior } : {}) },
    status: { ...sameStatus, ...(conditions ? { conditions } : {}) },
  }
  horizontalPodAutoscalers.applyDefaults(object)
  return object
}

function toV1({ spec, status, metadata, ...rest }: HorizontalPodAutoscaler): HorizontalPodAutoscalerV1 {
  const { metrics = [], behavior, ...sameSpec } = spec ?? ({} as HorizontalPodAutoscaler['spec'])
  const { currentMetrics = [], conditions, ...sameStatus } = status ?? ({} as HorizontalPodAutoscaler['status'])
  const cpu = metrics.find(isCpuUtilization)
  const others = metrics.filter((metric) => metric !== cpu)
  const cpuStatus = cpu && currentMetrics.find(({ resource }) => resource?.name === 'cpu')
  const utilization = cpuStatus?.resource?.current.averageUtilization
  const annotations = { ...metadata.annotations }
  if (others.length > 0) annotations[annotationOf.metrics] = JSON.stringify(others.map(specToV1))
  if (currentMetrics.length > 0) annotations[annotationOf.currentMetrics] = JSON.stringify(currentMetrics.map(statusToV1))
  if (conditions?.length) annotations[annotationOf.conditions] = JSON.stringify(conditions)
  if (behavior) annotations[annotationOf.behavior] = JSON.stringify(behavior)
  const target = cpu?.resource?.target.averageUtilization
  return {
    ...rest,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(metadata, annotations),
    spec: { ...sameSpec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      ...sameStatus,
      currentReplicas: sameStatus.currentReplicas ?? 0,
      ...(utilization === undefined ? {} : { currentCPUUtilizationPercentage: utilization }),
    },
  }
}

function withAnnotations<T extends { annotations?: Record<string, string> | undefined }>(
  metadata: T,
  annotations: Record<string, string>,
): T {
  const { annotations: _, ...rest } = metadata
  return (Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest) as T
}

/** Takes an annotation out and parses it. What is no JSON counts as absent, as Kubernetes has it. */
function read<T>(annotations: Record<string, string>, key: string): T | undefined {
  const text = annotations[key]
  delete annotations[key]
  try {
    return text === undefined ? undefined : (JSON.parse(text) as T)
  } catch {
    return undefined
  }
}
