import { sumOf, valuesOf, type Metrics } from './parse-prometheus.ts'
import { bucketsOf, bucketsSince, quantileOf } from './quantile.ts'

/** A reading of a process's metrics. */
export interface Reading {
  atMs: number
  metrics: Metrics
}

export interface Latency {
  /** In seconds, over the last minute, or since the start if there was nothing in it; null for never. */
  p50: number | null
  p99: number | null
}

export interface ControllerFigures {
  name: string
  depth: number
  reconciles: number
  /** Null until there are two readings. */
  perSecond: number | null
  latency: Latency
  /** How long keys wait. */
  wait: Latency
  retries: number
  errors: number
  /** In the last minute. */
  recentErrors: number
}

export interface SchedulerFigures {
  /** Pods that wait, by queue. */
  queues: { name: string; count: number }[]
  /** Attempts, by result. */
  attempts: { result: string; count: number }[]
  perSecond: number | null
  latency: Latency
}

export interface ProcessFigures {
  startedAt: string | null
  memoryBytes: number
  /** Cores in use; null until there are two readings. */
  cores: number | null
  eventLoopLagSeconds: number
}

export interface ApiFigures {
  requests: number
  perSecond: number | null
  /** Answered with 5xx. */
  failures: number
  watches: number
  latency: Latency
  verbs: { verb: string; requests: number; perSecond: number | null; latency: Latency }[]
}

const failedOutcomes = ['error', 'terminal_error']

/** `before` is an older reading of the same process, if there is one. */
export function controllersOf(before: Reading | undefined, after: Reading): ControllerFigures[] {
  const { metrics } = after
  const names = new Set([
    ...valuesOf(metrics, 'workqueue_depth', 'name'),
    ...valuesOf(metrics, 'controller_runtime_reconcile_total', 'controller'),
  ])
  return [...names].toSorted().map((name) => {
    const errorsIn = (m: Metrics): number =>
      failedOutcomes.reduce((sum, result) => sum + sumOf(m, 'controller_runtime_reconcile_total', { controller: name, result }), 0)
    return {
      name,
      depth: sumOf(metrics, 'workqueue_depth', { name }),
      reconciles: sumOf(metrics, 'controller_runtime_reconcile_total', { controller: name }),
      perSecond: rateOf(before, after, 'controller_runtime_reconcile_total', { controller: name }),
      latency: latencyOf(before, after, 'controller_runtime_reconcile_time_seconds', { controller: name }),
      wait: latencyOf(before, after, 'workqueue_queue_duration_seconds', { name }),
      retries: sumOf(metrics, 'workqueue_retries_total', { name }),
      errors: errorsIn(metrics),
      recentErrors: before ? Math.max(0, errorsIn(metrics) - errorsIn(before.metrics)) : 0,
    }
  })
}

export function schedulerOf(before: Reading | undefined, after: Reading): SchedulerFigures {
  const { metrics } = after
  const queues = valuesOf(metrics, 'scheduler_pending_pods', 'queue')
  const results = valuesOf(metrics, 'scheduler_schedule_attempts_total', 'result')
  return {
    queues: queues.map((queue) => ({ name: queue, count: sumOf(metrics, 'scheduler_pending_pods', { queue }) })),
    attempts: results.map((result) => ({ result, count: sumOf(metrics, 'scheduler_schedule_attempts_total', { result }) })),
    perSecond: rateOf(before, after, 'scheduler_schedule_attempts_total'),
    latency: latencyOf(before, after, 'scheduler_scheduling_algorithm_duration_seconds'),
  }
}

export function processOf(before: Reading | undefined, after: Reading): ProcessFigures {
  const { metrics } = after
  const startedSeconds = sumOf(metrics, 'process_start_time_seconds')
  return {
    startedAt: startedSeconds > 0 ? new Date(startedSeconds * 1000).toISOString() : null,
    memoryBytes: sumOf(metrics, 'process_resident_memory_bytes'),
    cores: rateOf(before, after, 'process_cpu_seconds_total'),
    eventLoopLagSeconds: sumOf(metrics, 'nodejs_eventloop_lag_p99_seconds'),
  }
}

export function apiOf(before: Reading | undefined, after: Reading): ApiFigures {
  const { metrics } = after
  const requests = 'apiserver_request_total'
  const duration = 'apiserver_request_duration_seconds'
  const failures = (metrics.get(requests) ?? []).filter(({ labels }) => labels['code']?.startsWith('5'))
  return {
    requests: sumOf(metrics, requests),
    perSecond: rateOf(before, after, requests),
    failures: failures.reduce((sum, { value }) => sum + value, 0),
    watches: sumOf(metrics, 'apiserver_longrunning_requests'),
    latency: latencyOf(before, after, duration),
    verbs: valuesOf(metrics, requests, 'verb')
      .map((verb) => ({
        verb,
        requests: sumOf(metrics, requests, { verb }),
        perSecond: rateOf(before, after, requests, { verb }),
        latency: latencyOf(before, after, duration, { verb }),
      }))
      .toSorted((a, b) => b.requests - a.requests),
  }
}

type Wanted = Readonly<Record<string, string>>

/** Null until there are two readings, and when the process began anew in between. */
function rateOf(before: Reading | undefined, after: Reading, name: string, wanted: Wanted = {}): number | null {
  if (!before || after.atMs <= before.atMs) return null
  const growth = sumOf(after.metrics, name, wanted) - sumOf(before.metrics, name, wanted)
  return growth < 0 ? null : growth / ((after.atMs - before.atMs) / 1000)
}

function latencyOf(before: Reading | undefined, after: Reading, name: string, wanted: Wanted = {}): Latency {
  const all = bucketsOf(after.metrics, name, wanted)
  const recent = before ? bucketsSince(bucketsOf(before.metrics, name, wanted), all) : all
  const used = quantileOf(recent, 0.5) === undefined ? all : recent
  return { p50: quantileOf(used, 0.5) ?? null, p99: quantileOf(used, 0.99) ?? null }
}
