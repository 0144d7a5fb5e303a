import type { HorizontalPodAutoscaler, V2MetricStatus } from '@quarterdeck/api'

import type { AutoscalerConditions } from './autoscaler-conditions.ts'
import { planMetric, type MetricContext, type MetricError, type MetricProposal } from './plan-metric.ts'
import type { ScalingHistory } from './scaling-history.ts'
import { limitByRules, limitPlainly, type Rules } from './scaling-limits.ts'

/** Shrinking waits this long where no behaviour says otherwise. */
const scaleDownWindowSeconds = 300

export interface ReplicasPlan {
  /** As the target asks for already, if nothing is to change. */
  replicas: number
  /** Why another number, as the event tells it. */
  reason: string
  statuses: V2MetricStatus[]
  /** Metrics that could not be worked out: the others decided, or nothing is done. */
  problem: { message: string; first: MetricError } | undefined
}

export interface PlanContext extends MetricContext {
  conditions: AutoscalerConditions
  history: ScalingHistory
  nowMs: number
}

/** How many replicas an autoscaler wants now: the most that any metric asks for, kept steady and within its bounds. */
export async function planReplicas(context: PlanContext): Promise<ReplicasPlan> {
  const { autoscaler, conditions, replicas } = context
  const { minReplicas = 1, maxReplicas } = autoscaler.spec
  const current = replicas.wanted
  const still = { replicas: current, reason: '', statuses: [], problem: undefined }
  if (current === 0) {
    conditions.set('ScalingActive', false, 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero')
    return still
  }
  if (current > maxReplicas) return { ...still, replicas: maxReplicas, reason: 'Current number of replicas above Spec.MaxReplicas' }
  if (current < minReplicas) return { ...still, replicas: minReplicas, reason: 'Current number of replicas below Spec.MinReplicas' }
  const { best, statuses, problem } = await planMetrics(context)
  if (!best) return { ...still, statuses, problem }
  const desired = kept(context, best.replicas)
  const reason = desired > current ? `${best.name} above target` : desired < current ? 'All metrics below target' : ''
  return { replicas: desired, reason, statuses, problem }
}

interface MetricsPlan extends Pick<ReplicasPlan, 'statuses' | 'problem'> {
  best: MetricProposal | undefined
}

/** While a metric is unknown nothing shrinks: it might be the one that needs the most. */
async function planMetrics(context: PlanContext): Promise<MetricsPlan> {
  const { autoscaler, conditions, replicas } = context
  const metrics = autoscaler.spec.metrics ?? []
  const errors: MetricError[] = []
  const statuses: V2MetricStatus[] = []
  let best: MetricProposal | undefined
  for (const metric of metrics) {
    try {
      const proposal = await planMetric(metric, context)
      statuses.push(proposal.status)
      if (!best || proposal.replicas > best.replicas) best = proposal
    } catch (error) {
      errors.push(error as MetricError)
      statuses.push({ type: '' })
    }
  }
  const [first] = errors
  const problem = first && {
    first,
    message: `invalid metrics (${errors.length} invalid out of ${metrics.length}), first error is: ${first.message}`,
  }
  if (first && (!best || best.replicas < replicas.wanted)) {
    conditions.set('ScalingActive', false, first.reason, `the HPA was unable to compute the replica count: ${first.why}`)
    return { best: undefined, statuses, problem }
  }
  if (best)
    conditions.set(
      'ScalingActive',
      true,
      'ValidMetricFound',
      `the HPA was able to successfully calculate a replica count from ${best.name}`,
    )
  return { best, statuses, problem }
}

/** What metrics ask for, held back by the stabilization windows, then by bounds and rates. */
function kept(context: PlanContext, desired: number): number {
  const { autoscaler, conditions, history, nowMs, replicas } = context
  const { minReplicas: min = 1, maxReplicas: max } = autoscaler.spec
  const rules = rulesOf(autoscaler)
  const stable = rules
    ? stabilizedByRules(context, desired, rules)
    : history.recommendedSince(nowMs - scaleDownWindowSeconds * 1000, desired).most
  history.recommend(desired, nowMs)
  if (stable === desired) conditions.set('AbleToScale', true, 'ReadyForNewScale', 'recommended size matches current size')
  else if (rules && desired >= replicas.wanted)
    conditions.set(
      'AbleToScale',
      true,
      'ScaleUpStabilized',
      'recent recommendations were lower than current one, applying the lowest recent recommendation',
    )
  else
    conditions.set(
      'AbleToScale',
      true,
      'ScaleDownStabilized',
      'recent recommendations were higher than current one, applying the highest recent recommendation',
    )
  const bounds = { current: replicas.wanted, desired: stable, min, max }
  const limited = rules ? limitByRules(bounds, rules, { history, nowMs }) : limitPlainly(bounds)
  conditions.set('ScalingLimited', limited.isLimited, limited.reason, limited.message)
  return limited.replicas
}

function rulesOf({ spec }: HorizontalPodAutoscaler): Rules | undefined {
  const { scaleUp, scaleDown } = spec.behavior ?? {}
  return scaleUp && scaleDown ? { scaleUp, scaleDown } : undefined
}

function stabilizedByRules({ history, nowMs, replicas }: PlanContext, desired: number, { scaleUp, scaleDown }: Rules): number {
  const since = (seconds: number): number => nowMs - seconds * 1000
  const { least } = history.recommendedSince(since(scaleUp.stabilizationWindowSeconds ?? 0), desired)
  const { most } = history.recommendedSince(since(scaleDown.stabilizationWindowSeconds ?? scaleDownWindowSeconds), desired)
  return Math.min(Math.max(replicas.wanted, least), most)
}
