import type { Kind } from '@quarterdeck/api'
import { isApiError, keyOf, keyString, type KubeObject } from '@quarterdeck/api-machinery'
import type { Client, WatchEvent } from '@quarterdeck/client'

import { backoffMs, realClock, sleep, type Clock } from './clock.ts'
import { silentLogger, type Logger } from './logger.ts'
import { ObjectCache, type Cache, type Indexer } from './object-cache.ts'

export type CacheChange<T> =
  | { type: 'added'; object: T; old: undefined }
  | { type: 'updated'; object: T; old: T }
  /** `object` is the last known state. */
  | { type: 'deleted'; object: T; old: T }

export type ChangeHandler<T> = (change: CacheChange<T>) => void

export interface InformerOptions<T extends KubeObject> {
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
  /** Ends the informer. */
  signal: AbortSignal
  indexers?: Readonly<Record<string, Indexer<T>>>
  clock?: Clock
  random?: () => number
  log?: Logger
  /** A watch that says nothing for this long, not even a bookmark, is opened anew: its connection may be dead. Default 5 minutes. */
  longestSilenceMs?: number
}

/** A live local copy of the objects of one kind. */
export interface Informer<T extends KubeObject> extends Cache<T> {
  /** The revision up to which every change is in the cache; 0 before the first list. */
  readonly revision: number
  readonly hasSynced: boolean
  /** Resolves after the first list; also when the signal aborts. */
  synced(): Promise<void>
  /**
   * Calls back on every change, in order, after the cache holds it. Objects already cached are announced as added at once.
   * A handler that throws is logged and does not disturb the others. Returns the function that removes the handler.
   */
  onChange(handler: ChangeHandler<T>): () => void
  addIndex(name: string, indexer: Indexer<T>): void
}

const backoff = { baseMs: 400, maxMs: 30_000 }
/** A watch that lasted this long was healthy: the next failure starts the backoff from the beginning. */
const healthyMs = 10_000

/**
 * Lists, then watches from the list's revision. A broken watch resumes after the last event or bookmark seen; only when the
 * server no longer holds that revision is everything listed again, and the difference announced as ordinary changes.
 */
export function createInformer<T extends KubeObject>(client: Client, kind: Kind<T>, options: InformerOptions<T>): Informer<T> {
  const { signal, clock = realClock, log = silentLogger, random = Math.random, longestSilenceMs = 300_000 } = options
  const selection = selectionOf(options)
  const cache = new ObjectCache<T>(options.indexers)
  const handlers = new Set<ChangeHandler<T>>()
  const firstList = Promise.withResolvers<void>()
  let revision = 0
  let hasSynced = false
  let mustList = true

  function announce(change: CacheChange<T>): void {
    for (const handler of handlers) call(handler, change)
  }

  function call(handler: ChangeHandler<T>, change: CacheChange<T>): void {
    try {
      handler(change)
    } catch (error) {
      log.error('a change handler failed', { resource: kind.resource, key: keyString(keyOf(change.object)), error })
    }
  }

  function put(object: T): void {
    const key = keyString(keyOf(object))
    const current = cache.get(key)
    if (current?.metadata.resourceVersion === object.metadata.resourceVersion) return
    // The name was taken again while no one looked: its readers must see the first object go.
    if (current && current.metadata.uid !== object.metadata.uid) remove(key, current)
    const old = cache.set(key, object)
    announce(old ? { type: 'updated', object, old } : { type: 'added', object, old: undefined })
  }

  function remove(key: string, last: T): void {
    const old = cache.delete(key)
    if (old) announce({ type: 'deleted', object: last, old })
  }

  async function list(): Promise<void> {
    const result = await client.list(kind, { ...selection, signal })
    if (signal.aborted) return
    const present = new Set(result.items.map((object) => keyString(keyOf(object))))
    for (const key of cache.keys()) {
      const old = cache.get(key)
      if (old && !present.has(key)) remove(key, old)
    }
    for (const object of result.items) put(object)
    revision = Number(result.metadata.resourceVersion)
    mustList = false
    hasSynced = true
    firstList.resolve()
  }

  function accept(event: WatchEvent<T>): void {
    if (event.type === 'DELETED') remove(keyString(keyOf(event.object)), event.object)
    else if (event.type !== 'BOOKMARK') put(event.object)
    revision = Math.max(revision, Number(event.object.metadata.resourceVersion))
  }

  async function follow(): Promise<void> {
    const silence = watchSilence({ clock, longestSilenceMs, signal })
    try {
      const events = client.watch(kind, {
        ...selection,
        resourceVersion: String(revision),
        allowWatchBookmarks: true,
        signal: silence.signal,
      })
      for await (const event of events) {
        if (signal.aborted) return
        silence.heard()
        accept(event)
      }
    } finally {
      silence.stop()
    }
  }

  async function run(): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      const startedAt = clock.now()
      try {
        if (mustList) await list()
        await follow()
      } catch (error) {
        if (signal.aborted) break
        if (isApiError(error, 'Expired', 'Gone')) mustList = true
        log.warn('a watch broke and will be resumed', { resource: kind.resource, revision, relist: mustList, error })
      }
      failures = clock.now() - startedAt >= healthyMs ? 0 : failures + 1
      if (failures > 0) await sleep(clock, backoffMs(failures - 1, { ...backoff, random }), signal)
    }
    firstList.resolve()
  }

  void run()

  return {
    get size() {
      return cache.size
    },
    get revision() {
      return revision
    },
    get hasSynced() {
      return hasSynced
    },
    get: (key) => cache.get(key),
    list: (namespace) => cache.list(namespace),
    ownedBy: (owner) => cache.ownedBy(owner),
    orphans: (inNamespace) => cache.orphans(inNamespace),
    byIndex: (index, value) => cache.byIndex(index, value),
    countByIndex: (index, value) => cache.countByIndex(index, value),
    addIndex: (name, indexer) => cache.addIndex(name, indexer),
    synced: () => firstList.promise,
    onChange: (handler) => {
      for (const object of cache.list()) call(handler, { type: 'added', object, old: undefined })
      handlers.add(handler)
      return () => void handlers.delete(handler)
    },
  }
}

interface Selection {
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
}

function selectionOf({ namespace, labelSelector, fieldSelector }: Selection): Selection {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  }
}

/** A signal that aborts with its parent, or when nothing was heard for longestSilenceMs. */
function watchSilence(options: { clock: Clock; longestSilenceMs: number; signal: AbortSignal }): {
  signal: AbortSignal
  heard(): void
  stop(): void
} {
  const { clock, longestSilenceMs } = options
  const own = new AbortController()
  let heardAt = clock.now()
  let cancel = clock.after(longestSilenceMs, check)
  function check(): void {
    const leftMs = heardAt + longestSilenceMs - clock.now()
    if (leftMs <= 0) own.abort()
    else cancel = clock.after(leftMs, check)
  }
  const abort = (): void => own.abort()
  options.signal.addEventListener('abort', abort, { once: true })
  if (options.signal.aborted) own.abort()
  return {
    signal: own.signal,
    heard: () => {
      heardAt = clock.now()
    },
    stop: () => {
      cancel()
      options.signal.removeEventListener('abort', abort)
      own.abort()
    },
  }
}
