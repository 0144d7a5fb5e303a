import type { Namespaced } from '@quarterdeck/api-machinery'

import { metricsText } from '../autoscaling/metric-columns.ts'
import type { V2HorizontalPodAutoscaler, V2HPAScalingRules } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn, type Column } from '../kind.ts'
import { validateHorizontalPodAutoscaler, validateHorizontalPodAutoscalerStatus } from '../validation/horizontal-pod-autoscaler.ts'

export type HorizontalPodAutoscaler = Namespaced<V2HorizontalPodAutoscaler, 'spec' | 'status'>

const periodSeconds = 15
const scaleUpRules: V2HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds },
    { type: 'Percent', value: 100, periodSeconds },
  ],
}
const scaleDownRules: V2HPAScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds }] }

export const autoscalerColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn,
  {
    name: 'Reference',
    type: 'string',
    description: 'What is scaled.',
    priority: 0,
    value: ({ spec }) => `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`,
  },
  {
    name: 'Targets',
    type: 'string',
    description: 'What is measured, against what is aimed at.',
    priority: 0,
    value: ({ spec, status }) => metricsText(spec?.metrics ?? [], status?.currentMetrics ?? []),
  },
  {
    name: 'MinPods',
    type: 'string',
    description: 'No fewer pods than these.',
    priority: 0,
    value: (o) => String(o.spec?.minReplicas ?? '<unset>'),
  },
  { name: 'MaxPods', type: 'string', description: 'No more pods than these.', priority: 0, value: (o) => String(o.spec?.maxReplicas ?? 0) },
  { name: 'Replicas', type: 'string', description: 'Pods there are.', priority: 0, value: (o) => String(o.status?.currentReplicas ?? 0) },
  ageColumn,
]

/** autoscaling/v2, as it is stored; autoscaling/v1 shows the same. */
export const horizontalPodAutoscalers = defineKind<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  scope: 'Namespaced',
  model: 'V2HorizontalPodAutoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  hasStatus: true,
  columns: autoscalerColumns,
  applyDefaults({ spec }) {
    if (!spec) return
    spec.minReplicas ??= 1
    if (!spec.metrics?.length)
      spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }]
    if (!spec.behavior) return
    spec.behavior.scaleUp = filled(spec.behavior.scaleUp, scaleUpRules)
    spec.behavior.scaleDown = filled(spec.behavior.scaleDown, scaleDownRules)
  },
  prepareForCreate(object) {
    object.status = { desiredReplicas: 0 }
  },
  validate: validateHorizontalPodAutoscaler,
  validateStatusUpdate: validateHorizontalPodAutoscalerStatus,
})

const filled = (rules: V2HPAScalingRules | undefined, defaults: V2HPAScalingRules): V2HPAScalingRules => ({
  ...structuredClone(defaults),
  ...Object.fromEntries(Object.entries(rules ?? {}).filter(([, value]) => value !== undefined)),
})
