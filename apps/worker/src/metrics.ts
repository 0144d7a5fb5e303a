import type { RuntimeMetrics } from '@quarterdeck/controller-runtime'
import type { Scheduler, SchedulerMetrics } from '@quarterdeck/scheduler'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface WorkerMetrics {
  runtime: RuntimeMetrics
  scheduler: SchedulerMetrics
  /** Shows where Pods wait, asked whenever metrics are read. */
  watchScheduler(scheduler: Scheduler): void
  text(): Promise<string>
  contentType: string
}

const durationBuckets = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60]

/** The worker's metrics, under the names that Kubernetes' controller manager and scheduler use. */
export function createMetrics(): WorkerMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    runtime: runtimeMetrics(registers),
    scheduler: schedulerMetrics(registers),
    watchScheduler: (scheduler) => {
      new Gauge({
        name: 'scheduler_pending_pods',
        help: 'Pending pods by the queue they wait in.',
        labelNames: ['queue'],
        registers,
        collect() {
          for (const [queue, size] of Object.entries(scheduler.sizes())) this.set({ queue }, size)
        },
      })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function runtimeMetrics(registers: Registry[]): RuntimeMetrics {
  const name = { labelNames: ['name'], registers } as const
  const adds = new Counter({ name: 'workqueue_adds_total', help: 'Keys added to a work queue.', ...name })
  const retries = new Counter({ name: 'workqueue_retries_total', help: 'Keys added again after a failure.', ...name })
  const depth = new Gauge({ name: 'workqueue_depth', help: 'Keys that wait in a work queue.', ...name })
  const waited = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long a key waits before it is worked on.',
    buckets: durationBuckets,
    ...name,
  })
  const worked = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'How long a reconcile takes.',
    buckets: durationBuckets,
    labelNames: ['controller'],
    registers,
  })
  const reconciles = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Reconciles by their outcome.',
    labelNames: ['controller', 'result'],
    registers,
  })
  const leading = new Gauge({ name: 'leader_election_master_status', help: '1 while this process leads.', ...name })
  return {
    queueAdded: (queue) => adds.inc({ name: queue }),
    queueRetried: (queue) => retries.inc({ name: queue }),
    queueDepth: (queue, size) => depth.set({ name: queue }, size),
    queueWaited: (queue, seconds) => waited.observe({ name: queue }, seconds),
    reconciled: (controller, result, seconds) => {
      reconciles.inc({ controller, result })
      worked.observe({ controller }, seconds)
    },
    leading: (lease, isLeader) => leading.set({ name: lease }, isLeader ? 1 : 0),
  }
}

function schedulerMetrics(registers: Registry[]): SchedulerMetrics {
  const attempts = new Counter({
    name: 'scheduler_schedule_attempts_total',
    help: 'Attempts to place a pod by their result.',
    labelNames: ['result'],
    registers,
  })
  const duration = new Histogram({
    name: 'scheduler_scheduling_algorithm_duration_seconds',
    help: 'How long it takes to find a node for a pod.',
    buckets: durationBuckets,
    registers,
  })
  const preemptionAttempts = new Counter({
    name: 'scheduler_preemption_attempts_total',
    help: 'Attempts to make room by ending less important pods.',
    registers,
  })
  const victims = new Histogram({
    name: 'scheduler_preemption_victims',
    help: 'Pods chosen to make way, by preemption.',
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers,
  })
  const podAttempts = new Histogram({
    name: 'scheduler_pod_scheduling_attempts',
    help: 'Attempts until a pod was bound.',
    buckets: [1, 2, 4, 8, 16],
    registers,
  })
  const podDuration = new Histogram({
    name: 'scheduler_pod_scheduling_sli_duration_seconds',
    help: 'How long it takes from when a pod is queued until it is bound.',
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800],
    registers,
  })
  return {
    preempted: (count) => {
      preemptionAttempts.inc()
      if (count > 0) victims.observe(count)
    },
    scheduled: (attemptCount, seconds) => {
      podAttempts.observe(attemptCount)
      podDuration.observe(seconds)
    },
    attempted: (result, seconds) => {
      attempts.inc({ result })
      if (result !== 'error') duration.observe(seconds)
    },
  }
}
