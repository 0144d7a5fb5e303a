import { nodes, pods } from '@quarterdeck/api'
import { controllerManager, createApiServer } from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'
import { createInformer, createLogger, runControllers } from '@quarterdeck/controller-runtime'
import { createScheduler } from '@quarterdeck/scheduler'
import { createMemoryStore, openPostgresStore, type ObjectStore } from '@quarterdeck/storage'

import { withPostgres } from '../lib/bench-cluster.ts'

export interface Size {
  nodeCount: number
  podCount: number
}

const writers = 256

async function inParallel(count: number, write: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (next < count) await write(next++)
    }),
  )
}

async function fill(client: Client, { nodeCount, podCount }: Size): Promise<void> {
  const allocatable = { cpu: '4', memory: '32Gi', pods: '110' }
  await inParallel(nodeCount, (i) => client.create(nodes, { metadata: { name: `node-${i}` }, spec: {}, status: { allocatable } }))
  const container = { name: 'c', image: 'registry.k8s.io/pause:3.10', resources: { requests: { cpu: '100m', memory: '500Mi' } } }
  await inParallel(podCount, (i) =>
    client.create(pods, { metadata: { name: `pod-${i}`, namespace: 'default' }, spec: { containers: [container] }, status: {} }),
  )
}

/** Pods scheduled a second through the API. They exist before the scheduler starts; the clock stops when the last binding is seen. */
async function measure(store: ObjectStore, size: Size): Promise<number> {
  const { podCount } = size
  const server = await createApiServer({ store })
  const client = server.clientFor(controllerManager, 'bench')
  const stop = new AbortController()
  await fill(client, size)

  const allBound = Promise.withResolvers<void>()
  const bound = new Set<string>()
  const informer = createInformer(client, pods, { signal: stop.signal })
  informer.onChange(({ object }) => {
    if (object.spec.nodeName && bound.add(object.metadata.name).size === podCount) allBound.resolve()
  })
  await informer.synced()
  const startedAt = performance.now()
  const running = runControllers({
    controllers: [createScheduler().controller],
    client,
    signal: stop.signal,
    log: createLogger('bench', 'warn'),
  })
  await allBound.promise
  const seconds = (performance.now() - startedAt) / 1000
  stop.abort()
  await running
  await store.close()
  return seconds
}

export const throughMemory = (size: Size): Promise<number> => measure(createMemoryStore(), size)

export async function throughPostgres(size: Size): Promise<number> {
  let seconds = 0
  await withPostgres(async (connectionString) => {
    seconds = await measure(await openPostgresStore({ connectionString }), size)
  })
  return seconds
}
