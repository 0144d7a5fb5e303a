import { randomUUID } from 'node:crypto'
import { unavailable } from '@quarterdeck/api-machinery'
import { CacheSet } from '../cache-set.ts'
import { defaultWindow, type WindowLimits } from '../event-ring.ts'
import type { HistoryEntry, HistoryQuery, ObjectStore, StoredObject, Write } from '../store.ts'
import { serializeValue } from '../stored-object.ts'
import { ResourceCache } from '../watch-cache.ts'
import { assertDistinct } from '../write.ts'
import { ColdReads } from './cold-reads.ts'
import { Committer } from './committer.ts'
import { compactLog } from './compact.ts'
import { databaseError } from './database-error.ts'
import { Follower } from './follower.ts'
import { loadResource } from './load.ts'
import { readHistory, readLogPage } from './log-reader.ts'

export interface PostgresStoreOptions {
  /** A migrated database, reached directly: a pooler in transaction mode would lose LISTEN. */
  connectionString: string
  /** How much of the recent past each cache serves before the log is read. */
  window?: WindowLimits
  /** False where hardly anybody asks for an object's JSON: it is made when it is asked for then, and caches take half the memory. Default true. */
  keepsText?: boolean
  /** How long a write or a read waits for a database that is away. Default: 10 s. */
  maxWaitMs?: number
}

const defaultMaxWaitMs = 10_000

/** Opens a store on a database that `migrate` has prepared. Rejects with ServiceUnavailable if it cannot be reached in time. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<ObjectStore> {
  const store = new PostgresStore(options)
  try {
    await store.open()
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

class PostgresStore implements ObjectStore {
  readonly #window: WindowLimits
  readonly #keepsText: boolean
  readonly #maxWaitMs: number
  readonly #caches = new CacheSet()
  readonly #loading = new Map<string, Promise<ResourceCache>>()
  readonly #committer: Committer
  readonly #follower: Follower
  readonly #reads: ColdReads
  #isClosed = false

  constructor({ connectionString, window = defaultWindow, keepsText = true, maxWaitMs = defaultMaxWaitMs }: PostgresStoreOptions) {
    this.#window = window
    this.#keepsText = keepsText
    this.#maxWaitMs = maxWaitMs
    const origin = randomUUID()
    this.#reads = new ColdReads({ connectionString, applicationName: `quarterdeck-read-${origin}`, maxWaitMs })
    this.#follower = new Follower({
      connectionString,
      origin,
      maxWaitMs,
      caches: this.#caches,
      inFlight: () => this.#committer.inFlight,
      reload: (cache) => this.#load(cache),
    })
    this.#committer = new Committer({ connectionString, origin, maxWaitMs, feed: (batch) => this.#follower.feedOwn(batch) })
  }

  async open(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unavailable('the database is not available: it does not answer')), this.#maxWaitMs)
    })
    try {
      await Promise.race([this.#follower.open(), late])
    } catch (error) {
      throw databaseError(this.#follower.lastError ?? error)
    } finally {
      clearTimeout(timer)
    }
  }

  async commit(write: Write): Promise<StoredObject> {
    const [stored] = await this.#enqueue([write])
    return stored as StoredObject
  }

  async commitAll(writes: readonly Write[]): Promise<StoredObject[]> {
    assertDistinct(writes)
    return writes.length > 0 ? this.#enqueue(writes) : []
  }

  currentRevision(): Promise<number> {
    return this.#follower.currentRevision()
  }

  async cache(resource: string): Promise<ResourceCache> {
    let cache = this.#loading.get(resource)
    if (!cache) {
      cache = this.#openCache(resource)
      this.#loading.set(resource, cache)
      cache.catch(() => this.#loading.delete(resource))
    }
    return cache
  }

  history(query: HistoryQuery): Promise<HistoryEntry[]> {
    return readHistory(this.#reads, query)
  }

  async compactedRevision(): Promise<number> {
    const [clock] = await this.#reads.rows<{ compacted: string }>({ text: 'SELECT compacted FROM clock' })
    return Number(clock?.compacted ?? 0)
  }

  compact(olderThan: Date): Promise<void> {
    return compactLog(this.#reads, olderThan)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#committer.close()
    await this.#follower.close()
    this.#caches.close()
    await this.#reads.close()
  }

  #enqueue(writes: readonly Write[]): Promise<StoredObject[]> {
    const values = writes.map((write) => serializeValue(write.object))
    const length = values.reduce((sum, value) => sum + value.length, 0)
    return new Promise((resolve, reject) => {
      this.#committer.commit({ writes, values, length, since: performance.now(), resolve, reject })
    })
  }

  async #openCache(resource: string): Promise<ResourceCache> {
    if (this.#isClosed) throw unavailable('the store is closed')
    const cache = new ResourceCache(resource, {
      window: this.#window,
      readLog: (range) => readLogPage(this.#reads, range),
      keepsText: this.#keepsText,
    })
    // Fed from now on, so that what is committed while the state is read is not missed.
    this.#caches.add(cache)
    try {
      await this.#load(cache)
    } catch (error) {
      this.#caches.remove(cache)
      throw databaseError(error)
    }
    return cache
  }

  async #load(cache: ResourceCache): Promise<void> {
    const { objects, revision } = await this.#reads.use((client) => loadResource(client, cache.resource))
    cache.load(objects, revision)
  }
}
