import type { CacheChange, ResourceCache } from './watch-cache.ts'

const progressIntervalMs = 1000

/** The caches of a store. Each batch is fed to all of them, so that all are complete up to the same revision. */
export class CacheSet {
  readonly #caches = new Map<string, ResourceCache>()
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => {
      for (const cache of this.#caches.values()) cache.announceProgress()
    }, progressIntervalMs)
    this.#timer.unref()
  }

  get(resource: string): ResourceCache | undefined {
    return this.#caches.get(resource)
  }

  add(cache: ResourceCache): void {
    this.#caches.set(cache.resource, cache)
  }

  remove(cache: ResourceCache): void {
    this.#caches.delete(cache.resource)
  }

  all(): ResourceCache[] {
    return [...this.#caches.values()]
  }

  /** `revision` is the last of the batch: everything up to it has been fed after this. */
  apply(changes: readonly CacheChange[], revision: number): void {
    const byResource = Map.groupBy(changes, (change) => change.current.key.resource)
    for (const cache of this.#caches.values()) cache.apply(byResource.get(cache.resource) ?? [], revision)
  }

  close(): void {
    clearInterval(this.#timer)
    for (const cache of this.#caches.values()) cache.close()
  }
}
