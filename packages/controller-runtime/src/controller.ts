import type { Kind } from '@quarterdeck/api'
import type { KubeObject, ObjectKey } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import type { Clock } from './clock.ts'
import type { EventRecorder } from './events/event-sink.ts'
import type { InformerFactory } from './informer-factory.ts'
import type { CacheChange } from './informer.ts'
import type { KindRef } from './kind-ref.ts'
import type { Logger } from './logger.ts'
import type { RuntimeMetrics } from './metrics.ts'
import type { Cache, Indexer } from './object-cache.ts'

/** Nothing more to do until something changes. */
export const done = { requeueAfterMs: undefined } as const

/** Look again after a while, whether or not something changed. */
export const again = (requeueAfterMs: number): ReconcileResult => ({ requeueAfterMs })

export interface ReconcileResult {
  readonly requeueAfterMs: number | undefined
}

/** A failure that trying again can't mend: logged, and not retried until the object changes. */
export class TerminalError extends Error {}

/** What a reconcile may use. */
export interface ReconcileContext {
  /** The cache of a kind that the controller declared. */
  cache<T extends KubeObject>(kind: Kind<T>): Cache<T>
  /** Refuses writes of kinds that the controller didn't declare. */
  client: Client
  /**
   * Whether the caches hold all that was written on behalf of this key. If not, return `done`: the key is reconciled again when
   * they might.
   */
  seesOwnWrites(key: ObjectKey): boolean
  recorder: EventRecorder
  clock: Clock
  log: Logger
  signal: AbortSignal
}

/** A kind whose changes enqueue keys of the primary kind. Made by `watch`. */
export interface Watch {
  kind: KindRef
  keysOf(change: CacheChange<KubeObject>, caches: Caches): Iterable<ObjectKey>
}

export interface Caches {
  cache<T extends KubeObject>(kind: Kind<T>): Cache<T>
}

/** Declares that a change of `kind` enqueues the keys that `keysOf` names. */
export function watch<T extends KubeObject>(kind: Kind<T>, keysOf: (change: CacheChange<T>, caches: Caches) => Iterable<ObjectKey>): Watch {
  return { kind, keysOf: (change, caches) => keysOf(change as unknown as CacheChange<T>, caches) }
}

/** An index that a controller reads through `Cache.byIndex`. Made by `index`. */
export interface IndexSpec {
  kind: KindRef
  name: string
  valuesOf: Indexer<KubeObject>
}

/** Declares an index of a cache. Controllers that declare the same name share it. */
export function index<T extends KubeObject>(kind: Kind<T>, name: string, valuesOf: Indexer<T>): IndexSpec {
  return { kind, name, valuesOf: (object) => valuesOf(object as unknown as T) }
}

export interface ControllerSpec<T extends KubeObject> {
  /** Of the controller and its queue, in logs and metrics. */
  name: string
  /** Source of its events. Default: `name-controller`. */
  component?: string
  /** An event of an object enqueues its own key. */
  primary: Kind<T>
  /** A field selector: only these objects of the primary kind are cached and reconciled. */
  primarySelector?: string
  /** An event of one of these enqueues the key of the primary object that controls it. */
  owns?: readonly KindRef[]
  watches?: readonly Watch[]
  /** Read, without being told of changes. */
  reads?: readonly KindRef[]
  /** The runtime refuses any other write. */
  writes: readonly KindRef[] | 'every kind'
  indexes?: readonly IndexSpec[]
  /**
   * Changes of a key within this time are one reconcile. Of a key whose reconcile computes long it is four times as long as the last
   * one did, up to a second, so that a large object doesn't keep the process busy. Default 0: reconciled at once.
   */
  batchMs?: number
  /** Keys at once. Default 16: they wait for the store most of the time, and what is written at the same time is stored together. */
  concurrency?: number
  /** Brings one object closer to what it asks for. May be run twice without harm. A rejection is logged and retried later. */
  reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult>
}

/** What a controller gets from the process that runs it. */
export interface ControllerEnvironment {
  client: Client
  informers: InformerFactory
  clock: Clock
  log: Logger
  metrics: RuntimeMetrics
  recorder(component: string): EventRecorder
  /** Ends the controller. */
  signal: AbortSignal
}

/** Something that runs until told to stop. Rejects only if it cannot go on; the runtime then starts it again. */
export interface Controller {
  name: string
  run(environment: ControllerEnvironment): Promise<void>
}
