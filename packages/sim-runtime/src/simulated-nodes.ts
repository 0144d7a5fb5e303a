import { leases, type Node, nodes, type Pod, pods } from '@quarterdeck/api'
import { isApiError, keyOf, keyString, microTimestamp } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { createInformer, createLogger, type Logger, realClock, sleep, WorkQueue } from '@quarterdeck/controller-runtime'

import { simNode, simNodeAddress, type SimNodeSize, simNodeStatus } from './sim-node.ts'
import { endedStatus, nextStep, restoredStatus, runningStatus } from './sim-pod.ts'
import { playVolumes } from './sim-volumes.ts'

export interface SimulatedNodesOptions {
  client: Client
  count: number
  /** Nodes are called `<prefix>-<number>`. Default `sim`. */
  prefix?: string
  size?: SimNodeSize
  labels?: Record<string, string>
  /** Zones the nodes are spread over. Default 3. */
  zones?: number
  /** From a pod's assignment to its running. Default 100. */
  startDelayMs?: number
  /** Most requests at once. Default 64. */
  concurrency?: number
  log?: Logger
  signal: AbortSignal
}

export interface SimulatedNodes {
  /** Resolves when every node is registered. */
  registered: Promise<void>
  /** Resolves when all has stopped; nodes and pods stay as they are. */
  stopped: Promise<void>
}

const defaultSize: SimNodeSize = { cpus: 32, memoryGib: 128, pods: 110 }
const leaseNamespace = 'kube-node-lease'
const leaseSeconds = 40
/** Each lease is renewed this often, and the first time this long after its node was registered: as spread as they came. */
const renewEveryMs = 20_000
const renewTickMs = 200

/**
 * Plays many nodes and their pods from one process: one watch for all pods, a queue of pods that have a step to take, and
 * leases renewed a few at a time. To the rest of the cluster they are nodes like others.
 */
export function startSimulatedNodes(options: SimulatedNodesOptions): SimulatedNodes {
  const { client, count, prefix = 'sim', signal, concurrency = 64, log = createLogger('sim') } = options
  const names = Array.from({ length: count }, (_, i) => `${prefix}-${i}`)
  const indexOf = new Map(names.map((name, i) => [name, i]))
  const due = new DueLeases()
  const registered = inParallel(names, concurrency, async (name, i) => {
    await untilDone(() => registerNode(options, name, i), { signal, log })
    due.push(name)
  })
  const loops = [
    renewLeases(options, due, log),
    registered,
    registered.then(() => keepReady(options, indexOf, log)),
    playPods(options, indexOf, log),
    playVolumes({ client, nodes: indexOf, concurrency, log, signal }),
  ]
  return { registered, stopped: Promise.all(loops).then(() => undefined) }

  async function playPods(settings: SimulatedNodesOptions, known: ReadonlyMap<string, number>, logger: Logger): Promise<void> {
    const queue = new WorkQueue({ name: 'sim-pods' })
    const informer = createInformer(client, pods, { signal, log: logger })
    const addresses = new PodAddresses()
    const isOurs = (pod: Pod) => pod.spec.nodeName !== undefined && known.has(pod.spec.nodeName)
    informer.onChange(({ type, object }) => {
      if (!isOurs(object)) return
      const key = keyString(keyOf(object))
      if (type === 'deleted') return addresses.release(object.metadata.uid)
      const step = nextStep(object, { nowMs: Date.now(), startDelayMs: settings.startDelayMs ?? 100 })
      if (step) queue.addAfter(key, step.delayMs)
    })
    const handle = async (key: string): Promise<void> => {
      const pod = informer.get(key)
      if (!pod || !isOurs(pod)) return
      try {
        await takeStep(pod)
        queue.forget(key)
      } catch (error) {
        if (!isApiError(error, 'NotFound', 'Conflict')) logger.warn('a simulated pod could not take its step', { key, error })
        queue.addRateLimited(key)
      }
    }
    async function takeStep(pod: Pod): Promise<void> {
      const nowMs = Date.now()
      const step = nextStep(pod, { nowMs, startDelayMs: 0 })
      const index = known.get(pod.spec.nodeName ?? '') ?? 0
      if (step?.type === 'start') {
        const where = { podIp: addresses.take(pod.metadata.uid), hostIp: simNodeAddress(index), nowMs }
        await client.update(pods, { ...pod, status: runningStatus(pod, where) }, { subresource: 'status' })
      } else if (step?.type === 'restore') {
        await client.update(pods, { ...pod, status: restoredStatus(pod, nowMs) }, { subresource: 'status' })
      } else if (step?.type === 'end' && step.delayMs === 0) {
        await client.update(pods, { ...pod, status: endedStatus(pod, step.phase, nowMs) }, { subresource: 'status' })
      } else if (step?.type === 'delete') {
        await client.delete(pods, keyOf(pod), { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } })
      }
    }
    await queue.work({ concurrency, signal, handle })
  }
}

/** Addresses of 100.64.0.0/10, which belongs to nobody. Given back ones are used again last. */
class PodAddresses {
  readonly #byUid = new Map<string, number>()
  readonly #free: number[] = []
  #next = 1

  take(uid: string): string {
    let number = this.#byUid.get(uid)
    if (number === undefined) {
      number = this.#next < 2 ** 22 ? this.#next++ : (this.#free.shift() ?? 1)
      this.#byUid.set(uid, number)
    }
    return `100.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`
  }

  release(uid: string): void {
    const number = this.#byUid.get(uid)
    if (number === undefined) return
    this.#byUid.delete(uid)
    this.#free.push(number)
  }
}

async function registerNode(
  { client, size = defaultSize, labels = {}, zones = 3 }: SimulatedNodesOptions,
  name: string,
  index: number,
): Promise<void> {
  try {
    await client.create(nodes, simNode(name, index, { size, labels, zones }))
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error
  }
  const node = await client.get(nodes, { namespace: '', name })
  if (!isReady(node)) await reportReady(client, node, { index, size })
  await renewLease(client, name)
}

async function reportReady(client: Client, node: Node, { index, size }: { index: number; size: SimNodeSize }): Promise<void> {
  const status = { ...node.status, ...simNodeStatus(node.metadata.name, index, size) }
  await client.update(nodes, { ...node, status }, { subresource: 'status' })
}

/** A node that was taken for dead says that it is not. */
async function keepReady(options: SimulatedNodesOptions, known: ReadonlyMap<string, number>, log: Logger): Promise<void> {
  const { client, size = defaultSize, concurrency = 64, signal } = options
  const queue = new WorkQueue({ name: 'sim-nodes' })
  const informer = createInformer(client, nodes, { signal, log })
  informer.onChange(({ type, object }) => {
    if (type !== 'deleted' && known.has(object.metadata.name) && !isReady(object)) queue.add(keyString(keyOf(object)))
  })
  const handle = async (key: string): Promise<void> => {
    const node = informer.get(key)
    if (!node || isReady(node)) return
    try {
      await reportReady(client, node, { index: known.get(node.metadata.name) ?? 0, size })
      queue.forget(key)
    } catch (error) {
      if (!isApiError(error, 'NotFound', 'Conflict')) log.warn('a simulated node could not report its status', { key, error })
      queue.addRateLimited(key)
    }
  }
  await queue.work({ concurrency, signal, handle })
}

const isReady = (node: Node): boolean => node.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false

async function renewLease(client: Client, name: string): Promise<void> {
  const spec = { holderIdentity: name, leaseDurationSeconds: leaseSeconds, renewTime: microTimestamp() }
  try {
    await client.patch(leases, { namespace: leaseNamespace, name }, { spec }, { type: 'merge' })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
    await client.create(leases, { metadata: { namespace: leaseNamespace, name }, spec })
  }
}

/** Nodes in the order in which their leases are to be renewed. */
class DueLeases {
  #order: { name: string; atMs: number }[] = []

  /** `name` was renewed just now. */
  push(name: string): void {
    this.#order.push({ name, atMs: performance.now() + renewEveryMs })
  }

  /** Takes those out that are due. */
  take(): string[] {
    const now = performance.now()
    const later = this.#order.findIndex(({ atMs }) => atMs > now)
    const due = this.#order.splice(0, later === -1 ? this.#order.length : later)
    return due.map(({ name }) => name)
  }
}

async function renewLeases({ client, signal, concurrency = 64 }: SimulatedNodesOptions, due: DueLeases, log: Logger): Promise<void> {
  while (!signal.aborted) {
    await inParallel(due.take(), concurrency, async (name) => {
      await renewLease(client, name).catch((error: unknown) => log.warn('a lease could not be renewed', { name, error }))
      due.push(name)
    })
    await sleep(realClock, renewTickMs, signal)
  }
}

async function inParallel<T>(items: readonly T[], width: number, work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0
  const run = async () => {
    while (next < items.length) {
      const index = next++
      await work(items[index] as T, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, run))
}

async function untilDone(work: () => Promise<void>, { signal, log }: { signal: AbortSignal; log: Logger }): Promise<void> {
  while (!signal.aborted) {
    try {
      return await work()
    } catch (error) {
      log.warn('a simulated node could not be registered and will be tried again', { error })
      await sleep(realClock, 1_000, signal)
    }
  }
}
