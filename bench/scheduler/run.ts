/**
 * Pods scheduled a second: `node bench/scheduler/run.ts [nodes] [pods]`, 5000 and 10000 if not given. First the loop alone, with a
 * binder that stores nothing; then through the in-process API over a store in memory and over a durable Postgres.
 */
import type { Node, Pod } from '@quarterdeck/api'
import { realClock } from '@quarterdeck/controller-runtime'
import { createDefaultProfile, SchedulerCore, staticCaches } from '@quarterdeck/scheduler'

import { throughMemory, throughPostgres } from './through-api.ts'

const [nodeCount = 5000, podCount = 10_000] = process.argv.slice(2).map(Number)

const meta = (name: string) => ({
  name,
  uid: `uid-${name}`,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels: { 'kubernetes.io/hostname': name, app: 'bench' },
})

const node = (index: number): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: meta(`node-${index}`),
  spec: {},
  status: { allocatable: { cpu: '4', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' } },
})

const pod = (index: number, cpu: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...meta(`pod-${cpu}-${index}`), namespace: 'default' },
  spec: {
    schedulerName: 'default-scheduler',
    containers: [{ name: 'c', image: 'registry.k8s.io/pause:3.10', resources: { requests: { cpu, memory: '500Mi' } } }],
  },
  status: { phase: 'Pending' },
})

interface Result {
  what: string
  pods: number
  seconds: number
  podsPerSecond: number
}

async function measure(what: string, cpu: string): Promise<Result> {
  const stop = new AbortController()
  let finished = 0
  const count = (): void => {
    if (++finished === podCount) stop.abort()
  }
  const bind = async (): Promise<boolean> => true
  const core = new SchedulerCore({
    profiles: (core) => [createDefaultProfile({ core, caches: staticCaches(), clock: realClock, binder: { name: 'MemoryBinder', bind } })],
    reports: { scheduled: count, unschedulable: count, gated: () => {}, failed: (_pod, error) => console.error(error) },
  })
  for (let i = 0; i < nodeCount; i++) core.setNode(node(i))
  for (let i = 0; i < podCount; i++) core.setPod(pod(i, cpu))
  const startedAt = performance.now()
  await core.run(stop.signal)
  const seconds = (performance.now() - startedAt) / 1000
  return row(what, seconds)
}

const row = (what: string, seconds: number): Result => ({
  what,
  pods: podCount,
  seconds: Number(seconds.toFixed(2)),
  podsPerSecond: Math.round(podCount / seconds),
})

console.log(`${nodeCount} nodes`)
console.table([
  await measure('loop alone, every pod fits', '900m'),
  await measure('loop alone, no pod fits', '16'),
  row('API over memory, every pod fits', await throughMemory({ nodeCount, podCount })),
  row('API over Postgres, every pod fits', await throughPostgres({ nodeCount, podCount })),
])
process.exit(0)
