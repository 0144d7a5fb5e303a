import type { Client } from '@quarterdeck/client'

import { backoffMs, realClock, sleep, type Clock } from './clock.ts'
import type { Controller, ControllerEnvironment } from './controller.ts'
import { createEventSink } from './events/event-sink.ts'
import { createInformerFactory, type InformerFactory } from './informer-factory.ts'
import { silentLogger, type Logger } from './logger.ts'
import { noMetrics, type RuntimeMetrics } from './metrics.ts'

export interface RunOptions {
  controllers: readonly Controller[]
  client: Client
  /** Stops everything. */
  signal: AbortSignal
  clock?: Clock
  log?: Logger
  metrics?: RuntimeMetrics
  /** Given to share caches with others of the process, or to keep them beyond `signal`. */
  informers?: InformerFactory
}

/** Runs controllers side by side over shared caches. One that fails is started again; the others don't notice. Resolves when all have stopped. */
export async function runControllers(options: RunOptions): Promise<void> {
  const { client, signal, clock = realClock, log = silentLogger, metrics = noMetrics } = options
  const informers = options.informers ?? createInformerFactory(client, { signal, clock, log })
  const events = createEventSink(client, { clock, log })
  const environment: ControllerEnvironment = { client, informers, clock, log, metrics, signal, recorder: (name) => events.recorder(name) }
  await Promise.all(options.controllers.map((controller) => keepRunning(controller, environment)))
  await events.stop()
}

async function keepRunning(controller: Controller, environment: ControllerEnvironment): Promise<void> {
  const { clock, log, signal } = environment
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await controller.run(environment)
      if (!signal.aborted) log.error('a controller ended on its own and will be started again', { controller: controller.name })
    } catch (error) {
      log.error('a controller failed and will be started again', { controller: controller.name, error })
    }
    if (!signal.aborted) await sleep(clock, backoffMs(attempt, { baseMs: 500, maxMs: 60_000 }), signal)
  }
}
