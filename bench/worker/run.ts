/**
 * What the worker costs in a large cluster: `node bench/worker/run.ts [nodes] [pods] [seconds]`, 5000, 50000 and 60 if not given.
 * The product as it is started, with simulated nodes; Deployments of 100 pods, each with a Service. Then pods are deleted and others
 * change their readiness until 200 changes a second reach the watchers of pods, and it is seen how much of a core the worker takes, how
 * long keys wait in its queues, and how soon a change of a pod has reached the EndpointSlices.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { deployments, endpointSlices, pods, services, type EndpointSlice, type Pod } from '@quarterdeck/api'
import { isApiError, keyOf } from '@quarterdeck/api-machinery'
import { createHttpClient, readKubeconfig, type Client } from '@quarterdeck/client'
import { createInformer } from '@quarterdeck/controller-runtime'
import { startProduct, type Product } from '@quarterdeck/testing'

const [nodeCount = 5000, podCount = 50_000, seconds = 60] = process.argv.slice(2).map(Number)
const namespace = 'default'
const podsOfEach = 100
const deletesPerSecond = 18
const flipsPerSecond = 120
/** Conditions of a pod that its containers' readiness decides. */
const readiness = new Set(['Ready', 'ContainersReady'])
const worker = 'apps/worker/src/main.ts'
/** Ticks of /proc/PID/stat. */
const ticksPerSecond = 100

const stop = new AbortController()
const product = await startProduct({
  args: ['--nodes-simulated', String(nodeCount)],
  environment: { QUARTERDECK_CLUSTER_CIDR: '10.128.0.0/9', QUARTERDECK_SERVICE_CIDR: '10.96.0.0/16' },
})
try {
  const client = createHttpClient({ ...(await readKubeconfig(product.kubeconfig)), userAgent: 'bench' })
  const crowd = createInformer(client, pods, { namespace, signal: stop.signal })
  const slices = createInformer(client, endpointSlices, { namespace, signal: stop.signal })
  const filled = await secondsUntil(
    () => fill(client),
    () => crowd.list().length === podCount && crowd.list().every(isReady),
  )
  console.log(`${podCount} pods run after ${Math.round(filled)} s`)
  const before = costOf(product)
  await delay(20_000)
  const idle = costSince(before, costOf(product), 20)
  const [lags, watchLags]: [number[], number[]] = [[], []]
  const flips = new Map<string, { ready: boolean; atMs: number }>()
  slices.onChange(({ object }) => noteLags(object, flips, lags))
  let changes = 0
  crowd.onChange(({ object }) => {
    changes++
    const flipped = flips.get(object.metadata.uid)
    if (flipped && isReady(object) === flipped.ready) watchLags.push(performance.now() - flipped.atMs)
  })
  const atStart = costOf(product)
  const load = new AbortController()
  const loading = Promise.all([
    every(deletesPerSecond, load.signal, () => client.delete(pods, keyOf(pick(crowd.list())), { gracePeriodSeconds: 0 })),
    every(flipsPerSecond, load.signal, () => flip(client, pick(crowd.list()), flips)),
  ])
  console.log(`changing pods for ${seconds} s`)
  changes = 0
  await delay(seconds * 1000)
  const rate = changes / seconds
  const busy = costSince(atStart, costOf(product), seconds)
  load.abort()
  await loading
  const settled = await secondsUntil(
    () => Promise.resolve(),
    () => crowd.list().filter((pod) => !pod.metadata.deletionTimestamp && pod.spec.nodeName).length === podCount,
  )
  const at = (all: readonly number[], share: number): number =>
    Math.round(all.toSorted((a, b) => a - b)[Math.floor(all.length * share)] ?? 0)
  console.table([
    {
      nodes: nodeCount,
      pods: podCount,
      'filled in s': Math.round(filled),
      'pod changes/s': Math.round(rate),
      'worker idle, % of a core': idle.percent,
      'worker, % of a core': busy.percent,
      'worker MB': busy.megabytes,
      'watch p50 ms': at(watchLags, 0.5),
      'endpoints p50 ms': at(lags, 0.5),
      'endpoints p99 ms': at(lags, 0.99),
      'settled s after': Number(settled.toFixed(1)),
    },
  ])
} finally {
  stop.abort()
  await product.destroy()
}

async function fill(client: Client): Promise<void> {
  const names = Array.from({ length: podCount / podsOfEach }, (_, i) => `app-${i}`)
  for (const name of names) {
    const labels = { app: name }
    const template = {
      metadata: { labels },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'c', image: 'pause', resources: { requests: { cpu: '10m', memory: '16Mi' } } }],
        nodeSelector: { type: 'simulated' },
      },
    }
    await client.create(services, { metadata: { name, namespace }, spec: { selector: labels, ports: [{ port: 80 }] }, status: {} })
    await client.create(deployments, {
      metadata: { name, namespace },
      spec: { replicas: podsOfEach, selector: { matchLabels: labels }, template },
      status: {},
    })
  }
}

function isReady(pod: Pod): boolean {
  return pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
}

function pick(all: readonly Pod[]): Pod {
  return all[Math.floor(Math.random() * all.length)]!
}

/** Has a pod say of itself that it is ready, or is not any more. */
async function flip(client: Client, pod: Pod, flips: Map<string, { ready: boolean; atMs: number }>): Promise<void> {
  if (pod.metadata.deletionTimestamp || pod.status.phase !== 'Running') return
  const ready = !isReady(pod)
  const status = ready ? 'True' : 'False'
  const conditions = (pod.status.conditions ?? []).map((c) => (readiness.has(c.type) ? { ...c, status } : c))
  flips.set(pod.metadata.uid, { ready, atMs: performance.now() })
  await client.update(pods, { ...pod, status: { ...pod.status, conditions } }, { subresource: 'status' })
}

function noteLags(slice: EndpointSlice, flips: Map<string, { ready: boolean; atMs: number }>, lags: number[]): void {
  for (const { targetRef, conditions } of slice.endpoints ?? []) {
    const flipped = flips.get(targetRef?.uid ?? '')
    if (!flipped || conditions?.ready !== flipped.ready) continue
    lags.push(performance.now() - flipped.atMs)
    flips.delete(targetRef?.uid ?? '')
  }
}

async function every(perSecond: number, signal: AbortSignal, act: () => Promise<unknown>): Promise<void> {
  const start = performance.now()
  const running = new Set<Promise<void>>()
  for (let count = 1; !signal.aborted; count++) {
    const one: Promise<void> = act()
      .then(
        () => undefined,
        (error: unknown) => {
          if (!isApiError(error, 'NotFound', 'Conflict')) throw error
        },
      )
      .finally(() => running.delete(one))
    running.add(one)
    await delay(Math.max(0, start + (count * 1000) / perSecond - performance.now()))
  }
  await Promise.all(running)
}

async function secondsUntil(begin: () => Promise<unknown>, isDone: () => boolean): Promise<number> {
  const start = performance.now()
  await begin()
  while (!isDone()) await delay(250)
  return (performance.now() - start) / 1000
}

interface Cost {
  cpuSeconds: number
  megabytes: number
}

function costOf({ pidOf }: Product): Cost {
  const pid = pidOf(worker)
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond, megabytes: Math.round(Number(resident) / 1024) }
}

function costSince(before: Cost, after: Cost, elapsed: number): { percent: number; megabytes: number } {
  return { percent: Math.round(((after.cpuSeconds - before.cpuSeconds) / elapsed) * 100), megabytes: after.megabytes }
}
