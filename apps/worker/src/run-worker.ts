import type { Kind } from '@quarterdeck/api'
import { workerLease } from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'
import { createInformerFactory, runControllers, runLeaderElection, type Logger, type RuntimeMetrics } from '@quarterdeck/controller-runtime'
import { createControllers, type ControllerOptions } from '@quarterdeck/controllers'
import type { Scheduler } from '@quarterdeck/scheduler'

export interface WorkerOptions {
  client: Client
  /** Of this process; no two runs may share one. */
  identity: string
  /** Stops the worker. */
  signal: AbortSignal
  scheduler: Scheduler
  kinds: () => readonly Kind[]
  log: Logger
  metrics: RuntimeMetrics
  controllers?: Omit<ControllerOptions, 'kinds'>
  leaseSeconds?: number
  /** Written on the Lease while this process leads: how others find it. */
  annotations?: Record<string, string>
  /** Runs beside the controllers while this process leads. */
  alsoLead?: (signal: AbortSignal) => Promise<void>
}

/** Runs the scheduler and the controllers whenever this process holds the Lease. Caches stay warm while another does. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { client, log, metrics, signal, alsoLead = async () => {} } = options
  const informers = createInformerFactory(client, { signal, log })
  for (const kind of options.kinds()) if (!kind.storedAs && kind.kind !== 'Event') informers.of(kind)
  const controllers = [options.scheduler.controller, ...createControllers({ kinds: options.kinds, ...options.controllers })]
  await runLeaderElection({
    client,
    log,
    metrics,
    signal,
    identity: options.identity,
    lease: workerLease,
    ...leaseTimes(options.leaseSeconds),
    ...(options.annotations ? { annotations: options.annotations } : {}),
    lead: async (term) => {
      await Promise.all([runControllers({ controllers, client, informers, log, metrics, signal: term }), alsoLead(term)])
    },
  })
}

/** Kubernetes' proportions: 15 s of lease, 10 s to renew it, an attempt every 2 s. */
function leaseTimes(leaseSeconds = 15): { leaseDurationMs: number; renewDeadlineMs: number; retryPeriodMs: number } {
  const leaseDurationMs = leaseSeconds * 1000
  return { leaseDurationMs, renewDeadlineMs: (leaseDurationMs * 2) / 3, retryPeriodMs: (leaseDurationMs * 2) / 15 }
}
