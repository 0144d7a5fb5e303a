import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'

import type { ChangeEvent, ObjectStore, StoredObject, WatchCache } from '@quarterdeck/storage'

/** What is derived from the objects of a resource. Both methods run to their end at once. */
export interface DerivedView {
  /** The state anew, at the beginning and whenever the cache lost its place. */
  replace(objects: readonly StoredObject[]): void
  apply(event: ChangeEvent): void
}

const retryMs = 500

/** Keeps a view equal to a resource's cache until the store closes. Resolves with the cache once the view has its first state. */
export async function followCache(store: ObjectStore, resource: string, view: DerivedView): Promise<WatchCache> {
  const cache = await store.cache(resource)
  await begin(cache, view)
  // Only from the next turn on are changes told as they come.
  await nextTurn()
  return cache
}

async function begin(cache: WatchCache, view: DerivedView): Promise<void> {
  const { revision } = cache
  view.replace(cache.list())
  await cache.subscribe(revision, {
    onEvents: (events) => {
      for (const event of events) view.apply(event)
    },
    onEnd: (error) => {
      if (error) void beginAgain(cache, view)
    },
  })
}

/** The old state serves until there is a new one. */
async function beginAgain(cache: WatchCache, view: DerivedView): Promise<void> {
  for (;;) {
    await sleep(retryMs, undefined, { ref: false })
    try {
      return await begin(cache, view)
    } catch {
      // The cache is not loaded again yet, or the store is closed: nothing holds the process for the latter.
    }
  }
}
