/**
 * Pods scheduled a second through the API: `node bench/scheduler/through-api.ts [nodes] [pods]`, 5000 and 10000 if not given.
 * The pods exist before the scheduler starts; the clock stops when the last binding is stored. Once over a store in memory, once
 * over Postgres (its own database on the test server).
 */
import { nodes, pods } from '@quarterdeck/api'
import { controllerManager, createApiServer } from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'
import { createInformer, createLogger, runControllers } from '@quarterdeck/controller-runtime'
import { createScheduler } from '@quarterdeck/scheduler'
import { createMemoryStore, openPostgresStore, type ObjectStore } from '@quarterdeck/storage'
import { testDatabase } from '@quarterdeck/testing'

const [nodeCount = 5000, podCount = 10_000] = process.argv.slice(2).map(Number)
const writers = 256

async function inParallel(count: number, write: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (next < count) await write(next++)
    }),
  )
}

async function fill(client: Client): Promise<void> {
  const allocatable = { cpu: '4', memory: '32Gi', pods: '110' }
  await inParallel(nodeCount, (i) => client.create(nodes, { metadata: { name: `node-${i}` }, spec: {}, status: { allocatable } }))
  const container = { name: 'c', image: 'registry.k8s.io/pause:3.10', resources: { requests: { cpu: '100m', memory: '500Mi' } } }
  await inParallel(podCount, (i) =>
    client.create(pods, { metadata: { name: `pod-${i}`, namespace: 'default' }, spec: { containers: [container] }, status: {} }),
  )
}

async function measure(what: string, store: ObjectStore): Promise<Record<string, unknown>> {
  const server = await createApiServer({ store })
  const client = server.clientFor(controllerManager, 'bench')
  const stop = new AbortController()
  await fill(client)

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
  return { what, nodes: nodeCount, pods: podCount, seconds: Number(seconds.toFixed(2)), podsPerSecond: Math.round(podCount / seconds) }
}

const rows = [await measure('in process, store in memory', createMemoryStore())]
const database = await testDatabase()
rows.push(await measure('in process, Postgres', await openPostgresStore({ connectionString: database.connectionString })))
await database.drop()
console.table(rows)
process.exit(0)
