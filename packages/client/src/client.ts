import type { Kind } from '@quarterdeck/api'
import type { Draft, KubeObject, ObjectKey } from '@quarterdeck/api-machinery'

export interface ListOptions {
  /** Absent: every namespace. */
  namespace?: string
  /** Selector text: `app=web,tier in (a,b)`. */
  labelSelector?: string
  /** Selector text: `spec.nodeName=n1`. */
  fieldSelector?: string
  limit?: number
  continue?: string
  /** '' (the default): consistent with every write acknowledged before; '0': whatever the cache holds. */
  resourceVersion?: string
  signal?: AbortSignal
}

export interface List<T> {
  items: T[]
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number }
}

export interface WatchOptions extends Omit<ListOptions, 'limit' | 'continue'> {
  /** Events after this revision; absent: the current state as ADDED events first. */
  resourceVersion?: string
  /** Sends BOOKMARK events now and then, and one with the annotation k8s.io/initial-events-end after the initial state. */
  allowWatchBookmarks?: boolean
  sendInitialEvents?: boolean
  signal: AbortSignal
}

export type WatchEvent<T> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T }
  | { type: 'BOOKMARK'; object: { metadata: { resourceVersion: string; annotations?: Record<string, string> } } }

export interface WriteOptions {
  dryRun?: boolean
  fieldManager?: string
}

export interface UpdateOptions extends WriteOptions {
  subresource?: string
}

export type PatchType = 'json' | 'merge' | 'strategic'

export interface PatchOptions extends UpdateOptions {
  type: PatchType
}

export interface DeleteOptions extends WriteOptions {
  gracePeriodSeconds?: number
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  preconditions?: { uid?: string; resourceVersion?: string }
}

/**
 * The Kubernetes API as a library. Two transports implement it, in-process (packages/apiserver) and HTTP (here);
 * everything above can't tell which it has. Every method rejects with ApiError. A watch ends when its signal
 * aborts or the server closes it, and throws ApiError `Expired` when its revision is compacted.
 * Objects returned are shared with caches: never mutate one; `structuredClone` it first.
 */
export interface Client {
  get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey): Promise<T>
  list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Promise<List<T>>
  watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>
  create<T extends KubeObject>(kind: Kind<T>, object: Draft<T>, options?: WriteOptions): Promise<T>
  /** With metadata.resourceVersion set it fails with Conflict unless that is the current one. */
  update<T extends KubeObject>(kind: Kind<T>, object: T, options?: UpdateOptions): Promise<T>
  /** Answers with what the subresource, where one is named, answers with: `scale` with a Scale. */
  patch<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, patch: unknown, options: PatchOptions): Promise<T>
  /** Resolves with the object while finalizers or a grace period keep it, otherwise with undefined. */
  delete<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, options?: DeleteOptions): Promise<T | undefined>
  deleteCollection<T extends KubeObject>(kind: Kind<T>, options: ListOptions & DeleteOptions): Promise<void>
  /** Reads a subresource that answers with a value of its own: `scale`, `scheduling`. Resolves with the response body. */
  getSubresource<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    subresource: string,
    parameters?: Readonly<Record<string, string>>,
  ): Promise<unknown>
  /** Posts to a subresource that takes an object of another kind: `binding`, `eviction`, `token`. Resolves with the response body. */
  createSubresource<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, subresource: string, body: unknown): Promise<unknown>
}
