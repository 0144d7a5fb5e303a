/**
 * One Deployment of many pods on many nodes: `node bench/cluster-scale/run.ts [nodes] [pods]`, 5000 and 10000 if not given.
 * Times from creating the Deployment until its pods exist, are bound, and are Running and counted as available, then from deleting
 * it until the last pod is gone. API server, scheduler and every controller run in this process over Postgres; the nodes' part is
 * played by one loop that answers for all of them.
 */
import { deployments, nodes, pods, services, type Pod } from '@quarterdeck/api'
import { controllerManager, createApiServer } from '@quarterdeck/apiserver'
import { isApiError, keyOf, timestamp } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { createInformer, createLogger, runControllers } from '@quarterdeck/controller-runtime'
import { createControllers } from '@quarterdeck/controllers'
import { createScheduler } from '@quarterdeck/scheduler'
import { openPostgresStore } from '@quarterdeck/storage'

import { withPostgres } from '../lib/bench-cluster.ts'

const [nodeCount = 5000, podCount = 10_000] = process.argv.slice(2).map(Number)
const key = { namespace: 'default', name: 'scale' }
const labels = { app: 'scale' }

async function inParallel<T>(items: readonly T[], write: (item: T, index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    while (next < items.length) await write(items[next]!, next++)
  }
  await Promise.all(Array.from({ length: 256 }, work))
}

async function settle(client: Client, pod: Pod, address: number): Promise<void> {
  if (pod.metadata.deletionTimestamp) {
    await client.delete(pods, keyOf(pod), { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } })
    return
  }
  const podIP = `10.${128 + (address >> 16)}.${(address >> 8) & 255}.${address & 255}`
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: timestamp() }
  const status = { ...pod.status, phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: [...(pod.status.conditions ?? []), ready] }
  await client.update(pods, { ...pod, status }, { subresource: 'status' })
}

/** Every node's kubelet at once. */
function startNodes(client: Client, signal: AbortSignal): { bound: number; existing: number } {
  const counts = { bound: 0, existing: 0 }
  const waiting: Pod[] = []
  let busy = 0
  let address = 0
  const pump = (): void => {
    while (busy < 256 && waiting.length > 0) {
      busy++
      void settle(client, waiting.pop()!, address++)
        .catch((error: unknown) => {
          if (!isApiError(error, 'NotFound', 'Conflict', 'ServiceUnavailable')) throw error
        })
        .finally(() => {
          busy--
          pump()
        })
    }
  }
  createInformer(client, pods, { namespace: key.namespace, signal }).onChange(({ type, object, old }) => {
    if (type === 'added') counts.existing++
    if (type === 'deleted') counts.existing--
    if (type !== 'deleted' && object.spec.nodeName && !old?.spec.nodeName) counts.bound++
    const isWork = object.metadata.deletionTimestamp ? !old?.metadata.deletionTimestamp : object.status.phase === 'Pending'
    if (type !== 'deleted' && object.spec.nodeName && isWork) waiting.push(object)
    pump()
  })
  return counts
}

async function measure(connectionString: string): Promise<void> {
  const store = await openPostgresStore({ connectionString })
  const server = await createApiServer({ store })
  const client = server.clientFor(controllerManager, 'bench')
  const stop = new AbortController()
  const rows: { what: string; seconds: number; perSecond: number }[] = []
  let beganAt = performance.now()
  const note = (what: string, count: number): void => {
    const seconds = (performance.now() - beganAt) / 1000
    rows.push({ what, seconds: Number(seconds.toFixed(1)), perSecond: Math.round(count / seconds) })
  }
  const until = async (probe: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await probe())) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  const ready = [{ type: 'Ready', status: 'True', lastHeartbeatTime: timestamp(), lastTransitionTime: timestamp() }]
  await inParallel(Array.from({ length: nodeCount }), (_, i) =>
    client.create(nodes, {
      metadata: { name: `node-${i}` },
      spec: {},
      status: { allocatable: { cpu: '4', memory: '32Gi', pods: '110' }, conditions: ready },
    }),
  )
  note(`${nodeCount} nodes registered`, nodeCount)

  const controllers = createControllers({
    kinds: () => server.core.registry.kinds,
    nodeHealth: { graceMs: 3_600_000, startupGraceMs: 3_600_000 },
    nodeIpam: { clusterCidr: '10.128.0.0/9' },
  })
  const running = runControllers({
    controllers: [createScheduler().controller, ...controllers],
    client,
    signal: stop.signal,
    log: createLogger('bench', 'error'),
  })
  const counts = startNodes(client, stop.signal)
  await until(async () => (await client.list(nodes)).items.every(({ spec }) => spec.podCIDR))
  note(`${nodeCount} nodes have their address range`, nodeCount)

  await client.create(services, { metadata: key, spec: { selector: labels, ports: [{ port: 80 }] }, status: {} })
  beganAt = performance.now()
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'c', image: 'pause', resources: { requests: { cpu: '100m', memory: '64Mi' } } }] },
  }
  await client.create(deployments, { metadata: key, spec: { replicas: podCount, selector: { matchLabels: labels }, template }, status: {} })
  await until(() => counts.existing === podCount)
  note(`${podCount} pods created by their ReplicaSet`, podCount)
  await until(() => counts.bound === podCount)
  note(`${podCount} pods bound`, podCount)
  await until(async () => (await client.get(deployments, key)).status.availableReplicas === podCount)
  note(`${podCount} pods available in the Deployment's status`, podCount)

  beganAt = performance.now()
  await client.delete(deployments, key, { propagationPolicy: 'Background' })
  await until(() => counts.existing === 0)
  note(`${podCount} pods deleted with their Deployment`, podCount)

  stop.abort()
  await running
  await store.close()
  console.table(rows)
  console.log(`memory: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`)
}

await withPostgres(measure)
process.exit(0)
