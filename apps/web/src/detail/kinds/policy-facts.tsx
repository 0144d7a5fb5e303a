import type {
  V1ControllerRevision,
  V1PodDisruptionBudget,
  V1PriorityClass,
  V1ResourceQuota,
  V2HorizontalPodAutoscaler,
} from '@quarterdeck/api'

import type { Fact } from '../facts.tsx'
import { Selector, Since } from './workload-facts.tsx'

export function budgetFacts({ spec, status }: V1PodDisruptionBudget): Fact[] {
  const { expectedPods = 0, currentHealthy = 0, desiredHealthy = 0, disruptionsAllowed = 0, disruptedPods = {} } = status ?? {}
  return [
    ['May go now', `${disruptionsAllowed} of ${expectedPods} pods`],
    ['Healthy', `${currentHealthy}, and it needs ${desiredHealthy}`],
    ['At least', spec?.minAvailable === undefined ? undefined : `${spec.minAvailable} available`],
    ['At most', spec?.maxUnavailable === undefined ? undefined : `${spec.maxUnavailable} unavailable`],
    [
      'Pods that are not ready',
      spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' ? 'may always go' : 'may go while enough others are healthy',
    ],
    ['Going', Object.keys(disruptedPods).join(', ')],
    ['Selector', <Selector key="selector" selector={spec?.selector} />],
  ]
}

export function quotaFacts({ spec }: V1ResourceQuota): Fact[] {
  return [
    ['Scopes', spec?.scopes?.join(', ')],
    [
      'Only for',
      spec?.scopeSelector?.matchExpressions
        ?.map(({ scopeName, operator, values }) => `${scopeName} ${operator} ${values?.join(', ') ?? ''}`)
        .join('; '),
    ],
  ]
}

export function priorityFacts({ value, globalDefault, preemptionPolicy, description }: V1PriorityClass): Fact[] {
  return [
    ['Value', (value ?? 0).toLocaleString()],
    ['Default', globalDefault && 'pods that name no class get this one'],
    ['To make room', preemptionPolicy === 'Never' ? 'its pods wait' : 'its pods may end less important ones'],
    ['For', description],
  ]
}

export function revisionFacts({ revision }: V1ControllerRevision): Fact[] {
  return [['Revision', revision]]
}

export function autoscalerFacts({ spec, status }: V2HorizontalPodAutoscaler): Fact[] {
  const { currentReplicas = 0, desiredReplicas = 0, lastScaleTime } = status ?? {}
  return [
    ['Replicas', `${currentReplicas} now, ${desiredReplicas} wanted`],
    ['Between', `${spec.minReplicas ?? 1} and ${spec.maxReplicas}`],
    ['Last scaled', lastScaleTime ? <Since key="scaled" time={lastScaleTime} /> : 'not yet'],
  ]
}
