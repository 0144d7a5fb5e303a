import type { NodeUsage, Pod, V2CrossVersionObjectReference, V2MetricIdentifier } from '@quarterdeck/api'
import { milliValueOf } from '@quarterdeck/api-machinery'
import type { Cache } from '@quarterdeck/controller-runtime'

/** What one pod used, in thousandths (of a core, of a byte, of whatever a custom metric counts). */
export interface PodMetric {
  milli: number
  /** End and length of the time that was measured. */
  atMs: number
  windowMs: number
}

/** By name of the pod. Pods of which nothing is known are left out. */
export type PodMetrics = Map<string, PodMetric>

export interface MetricQuery {
  namespace: string
  metric: V2MetricIdentifier
}

/**
 * Where figures come from. Each method throws Error, whose message users read, if there are none to be had. The Kubernetes APIs
 * that answer are metrics.k8s.io, custom.metrics.k8s.io and external.metrics.k8s.io.
 */
export interface MetricsSource {
  /** Of all containers together, or of the one named: pods that lack any of it are left out. */
  resource(pods: readonly Pod[], resource: string, container?: string): PodMetrics
  pods(pods: readonly Pod[], query: MetricQuery): Promise<PodMetrics>
  object(reference: V2CrossVersionObjectReference, query: MetricQuery): Promise<number>
  external(query: MetricQuery): Promise<number[]>
}

/** A node that has said nothing for this long is silent: its figures are no figures any more. */
const staleAfterMs = 60_000

/** The figures that agents report. Nothing answers for custom and external metrics yet. */
export function agentMetrics(usages: Cache<NodeUsage>, nowMs: number): MetricsSource {
  return {
    resource(pods, resource, container) {
      const metrics: PodMetrics = new Map()
      for (const pod of pods) {
        const found = usages.get({ namespace: '', name: pod.spec.nodeName ?? '' })
        const metric =
          found && Date.parse(found.timestamp) > nowMs - staleAfterMs ? metricOf(found, pod, { resource, container }) : undefined
        if (metric) metrics.set(pod.metadata.name, metric)
      }
      if (metrics.size === 0) throw new Error('no metrics returned from resource metrics API')
      return metrics
    },
    pods: () => unavailable('custom.metrics.k8s.io'),
    object: () => unavailable('custom.metrics.k8s.io'),
    external: () => unavailable('external.metrics.k8s.io'),
  }
}

function metricOf(usage: NodeUsage, pod: Pod, of: { resource: string; container: string | undefined }): PodMetric | undefined {
  const measured = usage.pods?.find(({ uid }) => uid === pod.metadata.uid)
  if (!measured) return undefined
  const counted = measured.containers.filter(({ name }) => of.container === undefined || name === of.container)
  if (counted.length === 0 || counted.some((container) => container.usage[of.resource] === undefined)) return undefined
  const milli = counted.reduce((sum, container) => sum + milliValueOf(container.usage[of.resource]), 0)
  return { milli, atMs: Date.parse(usage.timestamp), windowMs: usage.windowSeconds * 1000 }
}

function unavailable(api: string): Promise<never> {
  return Promise.reject(new Error(`no metrics returned from ${api}: the API is not registered`))
}
