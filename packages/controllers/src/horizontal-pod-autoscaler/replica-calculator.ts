import type { Pod } from '@quarterdeck/api'
import { milliValueOf } from '@quarterdeck/api-machinery'

import { conditionOf, isTerminating } from '../pods/pod-state.ts'
import type { PodMetrics } from './metrics-source.ts'

/** How far from its target a ratio may be before anything is done: 0.1 is ten percent. */
export interface Tolerances {
  scaleUp: number
  scaleDown: number
}

export interface CalculationTimes {
  nowMs: number
  /** A pod this young is believed only once it was ready for a whole window. */
  cpuInitializationMs: number
  /** A pod that was never ready within this time of its start has not begun to work. */
  initialReadinessMs: number
}

export const defaultTimes = { cpuInitializationMs: 300_000, initialReadinessMs: 30_000 } as const

export interface Proposal {
  replicas: number
  /** Measured average of a pod, in thousandths. */
  averageMilli: number
  /** Measured use in percent of what is requested. */
  utilization?: number
}

interface Calculation {
  pods: readonly Pod[]
  metrics: PodMetrics
  currentReplicas: number
  tolerances: Tolerances
  times: CalculationTimes
  isCpu: boolean
}

/** How many replicas would use `targetPercent` of what their pods request on average. Throws Error if that cannot be known. */
export function replicasForUtilization(input: Calculation, targetPercent: number, requests: ReadonlyMap<string, number>): Proposal {
  const ratioOf = (metrics: PodMetrics): { ratio: number; utilization: number; averageMilli: number } => {
    const counted = [...metrics].filter(([name]) => requests.has(name))
    const used = counted.reduce((sum, [, { milli }]) => sum + milli, 0)
    const requested = counted.reduce((sum, [name]) => sum + (requests.get(name) ?? 0), 0)
    if (requested === 0) throw new Error('no metrics returned matched known pods')
    const utilization = Math.trunc((used * 100) / requested)
    return { ratio: utilization / targetPercent, utilization, averageMilli: Math.trunc(used / counted.length) }
  }
  // A pod of which nothing is known is taken to use all it requested, or the target if that is more.
  const assumed = (name: string): number => Math.trunc(((requests.get(name) ?? 0) * Math.max(100, targetPercent)) / 100)
  return calculate(input, ratioOf, assumed)
}

/** How many replicas would use `targetMilli` on average. Throws Error if that cannot be known. */
export function replicasForAverage(input: Calculation, targetMilli: number): Proposal {
  const ratioOf = (metrics: PodMetrics): { ratio: number; averageMilli: number } => {
    const averageMilli = Math.trunc([...metrics.values()].reduce((sum, { milli }) => sum + milli, 0) / metrics.size)
    return { ratio: averageMilli / targetMilli, averageMilli }
  }
  return calculate(input, ratioOf, () => targetMilli)
}

type RatioOf = (metrics: PodMetrics) => { ratio: number; averageMilli: number; utilization?: number }

/**
 * Kubernetes' calculation: pods that are not ready or of which nothing is known are taken for what speaks against scaling. If they
 * change the direction, or leave it within the tolerance, nothing is done.
 */
function calculate(input: Calculation, ratioOf: RatioOf, assumedMilli: (podName: string) => number): Proposal {
  const { pods, currentReplicas, tolerances } = input
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count')
  const { readyCount, unready, missing, metrics } = grouped(input)
  if (metrics.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)')
  const { ratio, ...measured } = ratioOf(metrics)
  const isGrowing = ratio > 1
  const countsUnready = unready.length > 0 && isGrowing
  if (!countsUnready && missing.length === 0)
    return { ...measured, replicas: isWithin(ratio, tolerances) ? currentReplicas : Math.ceil(ratio * readyCount) }

  const assume = (name: string, milli: number) => metrics.set(name, { milli, atMs: 0, windowMs: 0 })
  if (ratio !== 1) for (const name of missing) assume(name, isGrowing ? 0 : assumedMilli(name))
  if (countsUnready) for (const name of unready) assume(name, 0)
  const careful = ratioOf(metrics).ratio
  const turnsRound = (ratio < 1 && careful > 1) || (ratio > 1 && careful < 1)
  const replicas = Math.ceil(careful * metrics.size)
  const wouldTurn = (careful < 1 && replicas > currentReplicas) || (careful > 1 && replicas < currentReplicas)
  return { ...measured, replicas: isWithin(careful, tolerances) || turnsRound || wouldTurn ? currentReplicas : replicas }
}

export const isWithin = (ratio: number, { scaleUp, scaleDown }: Tolerances): boolean => ratio >= 1 - scaleDown && ratio <= 1 + scaleUp

interface Groups {
  readyCount: number
  unready: string[]
  missing: string[]
  /** Of the pods that count. */
  metrics: PodMetrics
}

function grouped({ pods, metrics: all, times, isCpu }: Calculation): Groups {
  const groups: Groups = { readyCount: 0, unready: [], missing: [], metrics: new Map(all) }
  for (const pod of pods) {
    const { name } = pod.metadata
    const metric = all.get(name)
    if (isTerminating(pod) || pod.status.phase === 'Failed') groups.metrics.delete(name)
    else if (pod.status.phase === 'Pending' || (metric && isCpu && isUnready(pod, metric, times))) {
      groups.unready.push(name)
      groups.metrics.delete(name)
    } else if (!metric) groups.missing.push(name)
    else groups.readyCount++
  }
  return groups
}

/** Starting up takes CPU that says nothing of the load. */
function isUnready(pod: Pod, metric: { atMs: number; windowMs: number }, times: CalculationTimes): boolean {
  const ready = conditionOf(pod, 'Ready')
  if (!ready || pod.status.startTime === undefined) return true
  const startMs = Date.parse(pod.status.startTime)
  const sinceMs = Date.parse(ready.lastTransitionTime ?? pod.status.startTime)
  const isReady = ready.status !== 'False'
  if (startMs + times.cpuInitializationMs > times.nowMs) return !isReady || metric.atMs < sinceMs + metric.windowMs
  return !isReady && startMs + times.initialReadinessMs > sinceMs
}

/** What each pod requests of a resource, in thousandths. Throws Error for a container that requests none: there is no percentage of nothing. */
export function requestsOf(pods: readonly Pod[], resource: string, container?: string): Map<string, number> {
  return new Map(pods.map((pod) => [pod.metadata.name, requestOf(pod, resource, container)]))
}

function requestOf({ metadata, spec }: Pod, resource: string, container: string | undefined): number {
  if (container === undefined && Object.keys(spec.resources?.requests ?? {}).length > 0) {
    const amount = spec.resources?.requests?.[resource]
    if (amount === undefined) throw new Error(`missing pod-level request for ${resource} in Pod ${metadata.name}`)
    return milliValueOf(amount)
  }
  const running = [...spec.containers, ...(spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')]
  const counted = running.filter(({ name }) => container === undefined || name === container)
  if (counted.length === 0) throw new Error(`container ${container} not found in Pod ${metadata.name}`)
  return counted.reduce((sum, { name, resources }) => {
    const amount = resources?.requests?.[resource]
    if (amount === undefined) throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`)
    return sum + milliValueOf(amount)
  }, 0)
}
