import { unavailable } from '@quarterdeck/api-machinery'
import { CacheSet } from './cache-set.ts'
import { defaultWindow, type WindowLimits } from './event-ring.ts'
import { MemoryLog } from './memory-log.ts'
import type { HistoryEntry, HistoryQuery, ObjectStore, StoredObject, Write } from './store.ts'
import { Stored } from './stored-object.ts'
import { ResourceCache, type CacheChange } from './watch-cache.ts'
import { type WriteFailure, writeError } from './write-failure.ts'
import { assertDistinct, changeTypeOf, keyText, uidOf } from './write.ts'

export interface MemoryStoreOptions {
  /** How much of the recent past each cache serves before the log is read. */
  window?: WindowLimits
  /** Milliseconds since the epoch. */
  now?: () => number
}

/** The log is in memory too: to drop its text from the window would save nothing, and to measure it costs to make it. */
const memoryWindow: WindowLimits = { maxEvents: defaultWindow.maxEvents, maxBytes: Infinity }

/** A store that forgets when the process ends: for tests and previews. Same behaviour as the Postgres store. */
export function createMemoryStore(options: MemoryStoreOptions = {}): ObjectStore {
  return new MemoryStore(options)
}

class MemoryStore implements ObjectStore {
  readonly #window: WindowLimits
  readonly #now: () => number
  readonly #objects = new Map<string, Stored>()
  readonly #uids = new Set<string>()
  readonly #log = new MemoryLog()
  readonly #caches = new CacheSet()
  #revision = 0
  #isClosed = false

  constructor({ window = memoryWindow, now = Date.now }: MemoryStoreOptions) {
    this.#window = window
    this.#now = now
  }

  async commit(write: Write): Promise<StoredObject> {
    const [stored] = await this.commitAll([write])
    return stored as StoredObject
  }

  async commitAll(writes: readonly Write[]): Promise<StoredObject[]> {
    this.#assertOpen()
    assertDistinct(writes)
    for (const write of writes) {
      const failure = this.#failureOf(write)
      if (failure) throw writeError(failure, write.key)
    }
    const time = this.#now()
    const changes = writes.map((write) => this.#store(write, time))
    this.#caches.apply(changes, this.#revision)
    return changes.map((change) => change.current)
  }

  async currentRevision(): Promise<number> {
    this.#assertOpen()
    return this.#revision
  }

  async cache(resource: string): Promise<ResourceCache> {
    this.#assertOpen()
    const known = this.#caches.get(resource)
    if (known) return known
    const cache = new ResourceCache(resource, { window: this.#window, readLog: async (range) => this.#log.page(range) })
    cache.load(
      [...this.#objects.values()].filter((object) => object.key.resource === resource),
      this.#revision,
    )
    this.#caches.add(cache)
    return cache
  }

  async history(query: HistoryQuery): Promise<HistoryEntry[]> {
    this.#assertOpen()
    return this.#log.history(query)
  }

  async compactedRevision(): Promise<number> {
    return this.#log.compacted
  }

  async compact(olderThan: Date): Promise<void> {
    this.#assertOpen()
    this.#log.compact(olderThan.getTime(), this.#now())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#caches.close()
  }

  #failureOf(write: Write): WriteFailure | undefined {
    const existing = this.#objects.get(keyText(write.key))
    if (write.type === 'create') return existing || this.#uids.has(write.uid) ? 'AlreadyExists' : undefined
    if (!existing) return 'NotFound'
    return existing.revision === write.expectedRevision ? undefined : 'Conflict'
  }

  #store(write: Write, time: number): CacheChange {
    const text = keyText(write.key)
    const previous = this.#objects.get(text)
    const current = new Stored({ key: write.key, uid: uidOf(write), revision: ++this.#revision }, write.object)
    if (write.type === 'delete') {
      this.#objects.delete(text)
      this.#uids.delete(current.uid)
    } else {
      this.#objects.set(text, current)
      this.#uids.add(current.uid)
    }
    const type = changeTypeOf[write.type]
    this.#log.append({ event: { type, revision: this.#revision, current, previous }, write, time })
    return { type, current }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw unavailable('the store is closed')
  }
}
