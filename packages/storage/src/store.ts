import type { KubeObject } from '@quarterdeck/api-machinery'

/** Identity of one object in the store. `resource` is `plural` or `plural.group`; `namespace` is '' for cluster scope. */
export interface StoreKey {
  resource: string
  namespace: string
  name: string
}

/** Who wrote, kept with every change. */
export interface Author {
  /** User name of the authenticated caller. */
  actor: string
  /** Field manager or user agent. */
  client: string
}

interface WriteBase {
  key: StoreKey
  author: Author
  /** False for high-churn kinds (Lease): the change is announced to watchers but not kept in the log past the compaction that follows. */
  keepsHistory: boolean
}

/** Fails with AlreadyExists if the key is taken. */
export interface CreateWrite extends WriteBase {
  type: 'create'
  uid: string
  object: KubeObject
}

/** Fails with NotFound if there is none, with Conflict unless the stored revision is `expectedRevision`. */
export interface UpdateWrite extends WriteBase {
  type: 'update'
  expectedRevision: number
  object: KubeObject
}

/** As UpdateWrite. `object` is the last value, given to watchers and kept in the log. */
export interface DeleteWrite extends WriteBase {
  type: 'delete'
  expectedRevision: number
  object: KubeObject
}

export type Write = CreateWrite | UpdateWrite | DeleteWrite

/** An object as stored: parsed once and serialized once, shared by every reader. Never mutate `object`. */
export interface StoredObject {
  key: StoreKey
  uid: string
  revision: number
  /** With metadata.resourceVersion set to `revision`. */
  object: KubeObject
  /** `object` as JSON. Computed at most once. */
  readonly json: string
}

export type ChangeType = 'created' | 'updated' | 'deleted'

export interface ChangeEvent {
  type: ChangeType
  revision: number
  /** The value after the change; of a delete the last value, with resourceVersion set to the delete's revision. */
  current: StoredObject
  /** The value before it, where there was one: selector watches need to know whether it matched. */
  previous: StoredObject | undefined
}

/** One entry of an object's history. */
export interface HistoryEntry {
  type: ChangeType
  revision: number
  uid: string
  key: StoreKey
  author: Author
  /** RFC 3339 with milliseconds. */
  time: string
  object: KubeObject
}

export interface HistoryQuery {
  resource: string
  /** Absent: every namespace. */
  namespace?: string
  name?: string
  uid?: string
  /** Only changes of this type. */
  type?: ChangeType
  /** Only revisions below this one. */
  before?: number
  limit: number
}

/** The current state of one resource in memory, with the recent events of it. */
export interface WatchCache {
  readonly resource: string
  /** Every change of the store up to this revision is in the cache. */
  readonly revision: number
  readonly size: number
  get(namespace: string, name: string): StoredObject | undefined
  /** In order of namespace, then name (code units). `namespace` absent: all. The array is immutable and may be shared. */
  list(namespace?: string): readonly StoredObject[]
  /** As list, at a revision that the cache has reached; undefined if that is longer ago than the events in memory. */
  listAt(revision: number, namespace?: string): readonly StoredObject[] | undefined
  /** Resolves once `revision` is reached; rejects with ApiError Timeout (as Kubernetes' "Too large resource version") after timeoutMs (default 3000). */
  waitFor(revision: number, timeoutMs?: number): Promise<void>
  /**
   * Every event after `revision` in order, each once: first those in memory or in the log, then live ones in the
   * batches they were committed in. `onProgress` tells that the cache has reached a revision with nothing to say
   * about this resource (at most once a second). Throws ApiError Expired if `revision` is compacted.
   * Returns the function that ends the subscription. Never calls back synchronously before it has returned.
   */
  subscribe(revision: number, subscriber: CacheSubscriber): Promise<() => void>
}

export interface CacheSubscriber {
  onEvents(events: readonly ChangeEvent[]): void
  onProgress?(revision: number): void
  /** The subscription ended and no event will follow: the cache lost its place (Expired) or the store closed. */
  onEnd(error: Error | undefined): void
}

/**
 * A revisioned, watchable object store: what etcd is to Kubernetes. Commit order is revision order.
 * Rejections are ApiError: AlreadyExists, NotFound, Conflict for preconditions; ServiceUnavailable (retryable)
 * when the database cannot be reached, with nothing stored or, if the connection was lost during commit, the outcome
 * resolved by reading the log before answering.
 */
export interface ObjectStore {
  /** Durable when resolved. Grouped with whatever else is waiting; its failure is its own. */
  commit(write: Write): Promise<StoredObject>
  /** All or nothing: rejects with the first failure, having stored none. */
  commitAll(writes: readonly Write[]): Promise<StoredObject[]>
  /** The revision that every write acknowledged before the call is at or below, across all processes. One query serves all who wait. */
  currentRevision(): Promise<number>
  /** The cache of a resource, loaded at first use and kept. */
  cache(resource: string): Promise<WatchCache>
  /** Newest first. */
  history(query: HistoryQuery): Promise<HistoryEntry[]>
  /** The oldest revision a watch can resume from. */
  compactedRevision(): Promise<number>
  /** Forgets log entries older than the cutoff; history-less resources' entries go once older than five minutes. */
  compact(olderThan: Date): Promise<void>
  close(): Promise<void>
}
