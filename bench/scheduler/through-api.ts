import { nodes, pods, priorityClasses, type Pod } from '@quarterdeck/api'
import { controllerManager, createApiServer } from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'
import { createInformer, createLogger, runControllers, type Informer } from '@quarterdeck/controller-runtime'
import { createScheduler } from '@quarterdeck/scheduler'
import { createMemoryStore, openPostgresStore, type ObjectStore } from '@quarterdeck/storage'

import { withPostgres } from '../lib/bench-cluster.ts'
import type { Workload } from './workloads.ts'

const writers = 256

async function inParallel(count: number, write: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (next < count) await write(next++)
    }),
  )
}

/** Only what a client sends: the server gives the rest. */
function draftOf({ metadata, spec }: Pod) {
  const { priority: _, ...rest } = spec
  const { name, namespace, labels } = metadata
  return { metadata: { name, namespace, ...(labels ? { labels } : {}) }, spec: rest, status: {} }
}

async function createNodes(client: Client, workload: Workload, nodeCount: number): Promise<void> {
  await inParallel(nodeCount, (i) => {
    const { metadata, spec, status } = workload.node(i)
    return client.create(nodes, { metadata: { name: metadata.name, labels: metadata.labels }, spec, status })
  })
}

/** Resolves when as many of the pods as that are on nodes. */
function boundPods(informer: Informer<Pod>, prefix: string, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const bound = new Set<string>()
  const remove = informer.onChange(({ object }) => {
    if (!object.spec.nodeName || !object.metadata.name.startsWith(prefix)) return
    if (bound.add(object.metadata.name).size === count) resolve()
  })
  return promise.finally(remove)
}

type Measured = Workload['measured']

/**
 * Seconds in which a workload's pods are placed through the in-process API. They exist before the scheduler starts; the clock stops
 * when the last binding is seen. Beside pods that fit nowhere they are created while it runs, once it has tried those.
 */
async function measure(store: ObjectStore, workload: Workload, nodeCount: number): Promise<number> {
  const server = await createApiServer({ store })
  const client = server.clientFor(controllerManager, 'bench')
  const stop = new AbortController()
  await client.create(priorityClasses, { metadata: { name: 'important' }, value: 10 })
  await createNodes(client, workload, nodeCount)
  const informer = createInformer(client, pods, { signal: stop.signal })
  await informer.synced()

  /** Creates pods, then runs a scheduler until they are placed. */
  const place = async (count: number, pod: (index: number) => Pod): Promise<number> => {
    const prefix = pod(0).metadata.name.replace(/\d+$/, '')
    await inParallel(count, (i) => client.create(pods, draftOf(pod(i))))
    const ending = new AbortController()
    const allBound = boundPods(informer, prefix, count)
    const startedAt = performance.now()
    const running = runControllers({
      controllers: [createScheduler().controller],
      client,
      signal: ending.signal,
      log: createLogger('bench', 'error'),
    })
    await allBound
    const seconds = (performance.now() - startedAt) / 1000
    ending.abort()
    await running
    return seconds
  }

  /** Creates pods beside a scheduler that has tried many in vain. */
  const placeBeside = async (waiting: Measured, { count, pod }: Measured): Promise<number> => {
    await inParallel(waiting.count, (i) => client.create(pods, draftOf(waiting.pod(i))))
    const ending = new AbortController()
    const { promise: allTried, resolve } = Promise.withResolvers<void>()
    let tried = 0
    const attempted = (): void => {
      if (++tried === waiting.count) resolve()
    }
    const controllers = [createScheduler({ metrics: { attempted } }).controller]
    const running = runControllers({ controllers, client, signal: ending.signal, log: createLogger('bench', 'error') })
    await allTried
    const allBound = boundPods(informer, pod(0).metadata.name.replace(/\d+$/, ''), count)
    const startedAt = performance.now()
    await inParallel(count, (i) => client.create(pods, draftOf(pod(i))))
    await allBound
    const seconds = (performance.now() - startedAt) / 1000
    ending.abort()
    await running
    return seconds
  }

  if (workload.there) await place(workload.there.count, workload.there.pod)
  const { unschedulable, measured } = workload
  const seconds = unschedulable ? await placeBeside(unschedulable, measured) : await place(measured.count, measured.pod)
  stop.abort()
  await store.close()
  return seconds
}

export const throughMemory = (workload: Workload, nodeCount: number): Promise<number> => measure(createMemoryStore(), workload, nodeCount)

export async function throughPostgres(workload: Workload, nodeCount: number): Promise<number> {
  let seconds = 0
  await withPostgres(async (connectionString) => {
    seconds = await measure(await openPostgresStore({ connectionString }), workload, nodeCount)
  })
  return seconds
}
