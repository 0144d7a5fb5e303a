import { controllerOf, isApiError, keyOf, keyString, parseKeyString, type KubeObject, type ObjectKey } from '@quarterdeck/api-machinery'

import { CallTime } from './call-time.ts'
import {
  TerminalError,
  type Controller,
  type ControllerEnvironment,
  type ControllerSpec,
  type ReconcileContext,
  type ReconcileResult,
} from './controller.ts'
import { guardedClient } from './guarded-client.ts'
import type { CacheChange, Informer } from './informer.ts'
import { kindOf, type KindRef } from './kind-ref.ts'
import { OwnWrites } from './own-writes.ts'
import type { Cache } from './object-cache.ts'
import { WorkQueue } from './work-queue.ts'

/** A write's event normally enqueues its key; this catches the writes whose event does not. */
const lookAgainForOwnWritesMs = 1000

/** Makes a controller of a reconcile function: caches, queue, retries with backoff, the guard on its writes. */
export function defineController<T extends KubeObject>(spec: ControllerSpec<T>): Controller {
  return { name: spec.name, run: (environment) => runController(spec, environment) }
}

async function runController<T extends KubeObject>(spec: ControllerSpec<T>, environment: ControllerEnvironment): Promise<void> {
  const { clock, metrics, signal } = environment
  const queue = new WorkQueue({ name: spec.name, clock, metrics })
  // One that never has anything to do is known all the same.
  metrics.queueDepth(spec.name, 0)
  const informers = informersOf(spec, environment)
  const ownWrites = new OwnWrites((resource) => informers.get(resource), clock)
  const batches = new Batches(spec.batchMs ?? 0)
  const removeHandlers = subscribe(spec, { informers, enqueue: (key) => queue.addAfter(keyString(key), batches.delayMs(keyString(key))) })
  const contextOf = contextFactory(spec, { environment, informers, ownWrites, queue })

  async function handle(key: string): Promise<void> {
    const startedAtMs = clock.now()
    const callTime = new CallTime(clock)
    const outcome = await attempt(spec, key, { context: contextOf(key, callTime), environment, queue })
    const tookMs = clock.now() - startedAtMs
    batches.took(key, tookMs - callTime.totalMs)
    metrics.reconciled(spec.name, outcome, tookMs / 1000)
  }

  await Promise.all([...informers.values()].map((informer) => informer.synced()))
  await queue.work({ concurrency: spec.concurrency ?? 16, signal, handle })
  for (const remove of removeHandlers) remove()
}

/** How long changes of a key are gathered. Only keys that take long are remembered. */
class Batches {
  readonly #minMs: number
  readonly #longMs = new Map<string, number>()

  constructor(minMs: number) {
    this.#minMs = minMs
  }

  delayMs(key: string): number {
    return this.#longMs.get(key) ?? this.#minMs
  }

  took(key: string, durationMs: number): void {
    if (this.#minMs > 0 && durationMs * 4 > this.#minMs) this.#longMs.set(key, Math.min(durationMs * 4, 1000))
    else this.#longMs.delete(key)
  }
}

async function attempt<T extends KubeObject>(
  spec: ControllerSpec<T>,
  key: string,
  { context, environment, queue }: { context: ReconcileContext; environment: ControllerEnvironment; queue: WorkQueue },
): Promise<'success' | 'requeue_after' | 'error' | 'terminal_error'> {
  let result: ReconcileResult
  try {
    result = await spec.reconcile(parseKeyString(key), context)
  } catch (error) {
    if (environment.signal.aborted) return 'error'
    if (error instanceof TerminalError) {
      environment.log.error('a reconcile failed for good', { controller: spec.name, key, error })
      queue.forget(key)
      return 'terminal_error'
    }
    // A cache that is a moment behind is no fault.
    const level = isApiError(error, 'Conflict') ? 'debug' : 'warn'
    environment.log[level]('a reconcile failed and will be retried', { controller: spec.name, key, retries: queue.retriesOf(key), error })
    queue.addRateLimited(key)
    return 'error'
  }
  queue.forget(key)
  if (result.requeueAfterMs === undefined) return 'success'
  queue.addAfter(key, result.requeueAfterMs)
  return 'requeue_after'
}

type Informers = Map<string, Informer<KubeObject>>

function informersOf<T extends KubeObject>(spec: ControllerSpec<T>, environment: ControllerEnvironment): Informers {
  const kinds: KindRef[] = [...(spec.owns ?? []), ...(spec.watches ?? []).map((w) => w.kind), ...(spec.reads ?? [])]
  const informers = new Map(kinds.map((kind) => [kind.resource, environment.informers.of(kindOf(kind))]))
  const selection = spec.primarySelector ? { fieldSelector: spec.primarySelector } : {}
  informers.set(spec.primary.resource, environment.informers.of(kindOf(spec.primary), selection))
  for (const { kind, name, valuesOf } of spec.indexes ?? []) informers.get(kind.resource)?.addIndex(name, valuesOf)
  return informers
}

function cacheFrom(informers: Informers, controller: string): ReconcileContext['cache'] {
  return <O extends KubeObject>(kind: KindRef): Cache<O> => {
    const informer = informers.get(kind.resource)
    if (!informer) throw new Error(`the controller ${controller} does not declare that it reads ${kind.resource}`)
    return informer as unknown as Cache<O>
  }
}

function subscribe<T extends KubeObject>(
  spec: ControllerSpec<T>,
  { informers, enqueue }: { informers: Informers; enqueue: (key: ObjectKey) => void },
): (() => void)[] {
  const primary = spec.primary
  const caches = { cache: cacheFrom(informers, spec.name) }
  const on = (kind: KindRef, handler: (change: CacheChange<KubeObject>) => void): (() => void) =>
    informers.get(kind.resource)?.onChange(handler) ?? (() => {})

  const enqueueOwner = (object: KubeObject): void => {
    const owner = controllerOf(object)
    if (owner?.kind !== primary.kind || groupOf(owner.apiVersion) !== primary.group) return
    enqueue({ namespace: primary.scope === 'Namespaced' ? (object.metadata.namespace ?? '') : '', name: owner.name })
  }

  return [
    on(primary, ({ object }) => enqueue(keyOf(object))),
    ...(spec.owns ?? []).map((kind) =>
      on(kind, ({ object, old }) => {
        if (old && controllerOf(old)?.uid !== controllerOf(object)?.uid) enqueueOwner(old)
        enqueueOwner(object)
      }),
    ),
    ...(spec.watches ?? []).map((watched) =>
      on(watched.kind, (change) => {
        for (const key of watched.keysOf(change, caches)) enqueue(key)
      }),
    ),
  ]
}

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '')

function contextFactory<T extends KubeObject>(
  spec: ControllerSpec<T>,
  parts: { environment: ControllerEnvironment; informers: Informers; ownWrites: OwnWrites; queue: WorkQueue },
): (key: string, callTime: CallTime) => ReconcileContext {
  const { environment, informers, ownWrites, queue } = parts
  const { clock, log, signal } = environment
  const recorder = environment.recorder(spec.component ?? `${spec.name}-controller`)
  const cache = cacheFrom(informers, spec.name)
  return (key, callTime) => ({
    cache,
    client: guardedClient(environment.client, { controller: spec.name, writes: spec.writes, ownWrites, key, callTime }),
    seesOwnWrites: () => {
      const seen = ownWrites.allSeen(key)
      if (!seen) queue.addAfter(key, lookAgainForOwnWritesMs)
      return seen
    },
    recorder,
    clock,
    log,
    signal,
  })
}
