import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'

import { controllerManager, createApiServer, type ApiServer } from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'
import { createLogger, noMetrics, silentLogger } from '@quarterdeck/controller-runtime'
import { createScheduler, type Scheduler, type SchedulerOptions } from '@quarterdeck/scheduler'
import { createMemoryStore } from '@quarterdeck/storage'

import { runWorker, type WorkerOptions } from '../run-worker.ts'
import { eventually } from './eventually.ts'

export interface TestCluster {
  server: ApiServer
  client: Client
  scheduler: Scheduler
  signal: AbortSignal
  /** Starts another worker on the same cluster; the returned function stops it and resolves when it has. */
  startWorker(options?: Pick<WorkerOptions, 'controllers' | 'annotations'> & { scheduler?: SchedulerOptions }): () => Promise<void>
  eventually: typeof eventually
}

/** A cluster in memory: the real API server, scheduler and controllers. Set QUARTERDECK_TEST_LOG to see what they log. */
export async function startCluster(t: TestContext): Promise<TestCluster> {
  const store = createMemoryStore()
  const server = await createApiServer({ store })
  const client = server.clientFor(controllerManager, 'test')
  const stop = new AbortController()
  const workers = new Set<() => Promise<void>>()
  const log = process.env['QUARTERDECK_TEST_LOG'] ? createLogger('worker', 'debug') : silentLogger
  let scheduler = createScheduler()

  t.after(async () => {
    stop.abort()
    await Promise.all([...workers].map((end) => end()))
    await store.close()
  })

  return {
    server,
    client,
    signal: stop.signal,
    get scheduler() {
      return scheduler
    },
    startWorker: (options = {}) => {
      const own = new AbortController()
      scheduler = createScheduler(options.scheduler)
      const running = runWorker({
        client,
        identity: randomUUID(),
        signal: AbortSignal.any([own.signal, stop.signal]),
        scheduler,
        kinds: () => server.core.registry.kinds,
        log,
        metrics: noMetrics,
        ...(options.annotations ? { annotations: options.annotations } : {}),
        controllers: { caCertificate: 'PEM', ...options.controllers },
      })
      const end = async (): Promise<void> => {
        own.abort()
        workers.delete(end)
        await running
      }
      workers.add(end)
      return end
    },
    eventually,
  }
}
