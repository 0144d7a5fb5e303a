import type { HorizontalPodAutoscaler, Pod, V2MetricSpec, V2MetricStatus, V2MetricTarget } from '@quarterdeck/api'
import { formatQuantity, milliValueOf } from '@quarterdeck/api-machinery'

import type { MetricsSource } from './metrics-source.ts'
import {
  isWithin,
  replicasForAverage,
  replicasForUtilization,
  requestsOf,
  type CalculationTimes,
  type Proposal,
  type Tolerances,
} from './replica-calculator.ts'
import { isReady } from '../pods/pod-state.ts'

/** What a metric is worked out from. */
export interface MetricContext {
  autoscaler: HorizontalPodAutoscaler
  /** Those that the target selects. */
  pods: readonly Pod[]
  /** That the target asks for, and that it has. */
  replicas: { wanted: number; existing: number }
  source: MetricsSource
  times: CalculationTimes
}

export interface MetricProposal {
  replicas: number
  /** As events and conditions name the metric. */
  name: string
  status: V2MetricStatus
}

/** A metric that could not be worked out: `reason` and `message` are those of the condition. */
export class MetricError extends Error {
  readonly reason: string
  readonly why: string

  constructor(reason: string, why: string, prefix: string) {
    super(`${prefix}: ${why}`)
    this.reason = reason
    this.why = why
  }
}

const tolerance = 0.1

export function tolerancesOf({ spec }: HorizontalPodAutoscaler): Tolerances {
  const of = (rules: { tolerance?: string | undefined } | undefined): number =>
    rules?.tolerance === undefined ? tolerance : milliValueOf(rules.tolerance) / 1000
  return { scaleUp: of(spec.behavior?.scaleUp), scaleDown: of(spec.behavior?.scaleDown) }
}

/** How many replicas one metric asks for. Rejects with MetricError. */
export function planMetric(metric: V2MetricSpec, context: MetricContext): Promise<MetricProposal> {
  switch (metric.type) {
    case 'Resource':
      return reported('FailedGetResourceMetric', `failed to get ${metric.resource?.name} resource metric value`, () =>
        resourceProposal(metric, context),
      )
    case 'ContainerResource':
      return reported(
        'FailedGetContainerResourceMetric',
        `failed to get ${metric.containerResource?.container} container metric value`,
        () => resourceProposal(metric, context),
      )
    case 'Pods':
      return reported('FailedGetPodsMetric', 'failed to get pods metric value', () => podsProposal(metric, context))
    case 'Object':
      return reported('FailedGetObjectMetric', 'failed to get object metric value', () => objectProposal(metric, context))
    case 'External':
      return reported('FailedGetExternalMetric', `failed to get ${metric.external?.metric.name} external metric value`, () =>
        externalProposal(metric, context),
      )
    default:
      return Promise.reject(
        new MetricError('InvalidMetricSourceType', `unknown metric source type ${JSON.stringify(metric.type)}`, 'invalid metric'),
      )
  }
}

async function reported(reason: string, prefix: string, propose: () => MetricProposal | Promise<MetricProposal>): Promise<MetricProposal> {
  try {
    return await propose()
  } catch (error) {
    throw new MetricError(reason, (error as Error).message, prefix)
  }
}

function resourceProposal(metric: V2MetricSpec, context: MetricContext): MetricProposal {
  const { name, target } = metric.resource ?? metric.containerResource ?? { name: '', target: { type: '' } }
  const container = metric.containerResource?.container
  const kindOfResource = container === undefined ? 'resource' : 'container resource'
  const { averageValue, averageUtilization } = target
  if (averageValue !== undefined) {
    const proposal = within(`failed to get ${name} usage`, () =>
      replicasForAverage(inputOf(context, name, container), milliValueOf(averageValue)),
    )
    return { replicas: proposal.replicas, name: `${name} resource`, status: resourceStatus(metric, proposal) }
  }
  if (averageUtilization === undefined)
    throw new Error('invalid resource metric source: neither an average utilization target nor an average value (usage) target was set')
  const proposal = within(`failed to get ${name} utilization`, () =>
    replicasForUtilization(inputOf(context, name, container), averageUtilization, requestsOf(context.pods, name, container)),
  )
  return {
    replicas: proposal.replicas,
    name: `${name} ${kindOfResource} utilization (percentage of request)`,
    status: resourceStatus(metric, proposal),
  }
}

function within<T>(prefix: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Error(`${prefix}: ${(error as Error).message}`, { cause: error })
  }
}

function inputOf({ pods, replicas, source, times, autoscaler }: MetricContext, resource: string, container: string | undefined) {
  const metrics = within(`unable to get metrics for resource ${resource}`, () => source.resource(pods, resource, container))
  return { pods, metrics, currentReplicas: replicas.wanted, tolerances: tolerancesOf(autoscaler), times, isCpu: resource === 'cpu' }
}

function resourceStatus({ type, resource, containerResource }: V2MetricSpec, { averageMilli, utilization }: Proposal): V2MetricStatus {
  const name = resource?.name ?? containerResource?.name ?? ''
  const current = {
    ...(utilization === undefined ? {} : { averageUtilization: utilization }),
    averageValue: quantityOf(averageMilli, name === 'memory' ? 'BinarySI' : 'DecimalSI'),
  }
  return containerResource
    ? { type, containerResource: { name, container: containerResource.container, current } }
    : { type, resource: { name, current } }
}

const quantityOf = (milli: number, format: 'BinarySI' | 'DecimalSI' = 'DecimalSI'): string =>
  formatQuantity({ nano: BigInt(Math.round(milli)) * 1_000_000n, format })

async function podsProposal({ type, pods: wanted }: V2MetricSpec, context: MetricContext): Promise<MetricProposal> {
  const { metric, target } = wanted!
  const { pods, replicas, source, times, autoscaler } = context
  const metrics = await source.pods(pods, { namespace: autoscaler.metadata.namespace, metric })
  const input = { pods, metrics, currentReplicas: replicas.wanted, tolerances: tolerancesOf(autoscaler), times, isCpu: false }
  const proposal = replicasForAverage(input, milliValueOf(target.averageValue))
  const current = { averageValue: quantityOf(proposal.averageMilli) }
  return { replicas: proposal.replicas, name: `pods metric ${metric.name}`, status: { type, pods: { metric, current } } }
}

async function objectProposal({ type, object }: V2MetricSpec, context: MetricContext): Promise<MetricProposal> {
  const { metric, target, describedObject } = object!
  const milli = await context.source.object(describedObject, { namespace: context.autoscaler.metadata.namespace, metric })
  const { replicas, current } = forTarget(milli, target, context)
  return { replicas, name: `${describedObject.kind} metric ${metric.name}`, status: { type, object: { describedObject, metric, current } } }
}

async function externalProposal({ type, external }: V2MetricSpec, context: MetricContext): Promise<MetricProposal> {
  const { metric, target } = external!
  const values = await context.source.external({ namespace: context.autoscaler.metadata.namespace, metric })
  const { replicas, current } = forTarget(
    values.reduce((sum, milli) => sum + milli, 0),
    target,
    context,
  )
  const selector = metric.selector ? JSON.stringify(metric.selector) : 'nil'
  return { replicas, name: `external metric ${metric.name}(${selector})`, status: { type, external: { metric, current } } }
}

/** Of one figure for all pods: its share of a pod is aimed at, or the figure itself. */
function forTarget(
  milli: number,
  target: V2MetricTarget,
  context: MetricContext,
): { replicas: number; current: { value?: string; averageValue?: string } } {
  const { wanted, existing } = context.replicas
  const tolerances = tolerancesOf(context.autoscaler)
  if (target.averageValue !== undefined) {
    const aim = milliValueOf(target.averageValue)
    const current = { averageValue: quantityOf(Math.ceil(milli / Math.max(1, existing))) }
    return { replicas: isWithin(milli / (aim * existing), tolerances) ? existing : Math.ceil(milli / aim), current }
  }
  const ratio = milli / milliValueOf(target.value)
  const current = { value: quantityOf(milli) }
  if (wanted === 0) return { replicas: Math.ceil(ratio), current }
  if (isWithin(ratio, tolerances)) return { replicas: wanted, current }
  const ready = context.pods.filter((pod) => pod.status.phase === 'Running' && isReady(pod)).length
  return { replicas: Math.ceil(ratio * ready), current }
}
