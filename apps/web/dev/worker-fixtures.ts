import { leases } from '@quarterdeck/api'
import { microTimestamp } from '@quarterdeck/api-machinery'
import { workerAddressAnnotation, workerLease, type ApiServer } from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'

const names =
  'claim-protection cronjob daemonset deployment disruption endpoints endpointslice garbage-collector horizontal-pod-autoscaler job namespace node-ipam node-lifecycle persistent-volume pod-garbage-collector replicaset resource-quota service-account statefulset taint-eviction ttl-after-finished'.split(
    ' ',
  )

/** Makes as if a worker led, with figures that grow. */
export async function pretendWorker(server: ApiServer, client: Client): Promise<void> {
  const now = microTimestamp()
  await client
    .create(leases, {
      metadata: { ...workerLease, annotations: { [workerAddressAnnotation]: '192.0.2.10:7781' } },
      spec: { holderIdentity: 'machine-1_4b1f9d', acquireTime: now, renewTime: now, leaseDurationSeconds: 86_400, leaseTransitions: 2 },
    })
    .catch(() => {})
  const startedMs = Date.now()
  server.worker.get = () => Promise.resolve({ status: 200, text: metricsAt((Date.now() - startedMs) / 1000) })
}

function metricsAt(seconds: number): string {
  const lines = [`process_start_time_seconds ${Date.now() / 1000 - seconds}`, `process_cpu_seconds_total ${seconds * 0.31}`]
  lines.push('process_resident_memory_bytes 214000000', 'nodejs_eventloop_lag_p99_seconds 0.0114')
  for (const [index, name] of names.entries()) {
    const done = Math.round(seconds * ((index * 7) % 12) + index)
    lines.push(`workqueue_depth{name="${name}"} ${name === 'job' ? 184 : index % 5 === 0 ? index : 0}`)
    lines.push(`workqueue_retries_total{name="${name}"} ${index % 4 === 0 ? index : 0}`)
    lines.push(`controller_runtime_reconcile_total{controller="${name}",result="success"} ${done}`)
    lines.push(
      `controller_runtime_reconcile_total{controller="${name}",result="error"} ${name === 'namespace' ? Math.round(seconds / 5) : 0}`,
    )
    for (const metric of [
      `controller_runtime_reconcile_time_seconds_bucket{controller="${name}"`,
      `workqueue_queue_duration_seconds_bucket{name="${name}"`,
    ])
      for (const [le, share] of [
        ['0.001', 0.4],
        ['0.005', 0.8],
        ['0.05', 0.98],
        ['0.5', 1],
        ['+Inf', 1],
      ] as const)
        lines.push(`${metric},le="${le}"} ${Math.round(done * share)}`)
  }
  for (const [queue, count] of Object.entries({ active: 3, backoff: 1, unschedulable: 16, gated: 0 }))
    lines.push(`scheduler_pending_pods{queue="${queue}"} ${count}`)
  lines.push(`scheduler_schedule_attempts_total{result="scheduled"} ${Math.round(seconds * 12)}`)
  lines.push(`scheduler_schedule_attempts_total{result="unschedulable"} ${Math.round(seconds)}`)
  for (const [le, share] of [
    ['0.001', 0.7],
    ['0.01', 0.99],
    ['+Inf', 1],
  ] as const)
    lines.push(`scheduler_scheduling_algorithm_duration_seconds_bucket{le="${le}"} ${Math.round(seconds * 12 * share)}`)
  return lines.join('\n')
}
