import type { Kind } from '@quarterdeck/api'
import { keyOf, keyString, type KubeObject } from '@quarterdeck/api-machinery'
import { ObjectCache, type Cache, type Caches } from '@quarterdeck/controller-runtime'

/** Caches without informers, that hold what they are given. */
export function staticCaches(objects: readonly KubeObject[] = []): Caches {
  const caches = new Map<string, ObjectCache<KubeObject>>()
  return {
    cache: <T extends KubeObject>(kind: Kind<T>): Cache<T> => {
      let cache = caches.get(kind.kind)
      if (!cache) {
        caches.set(kind.kind, (cache = new ObjectCache()))
        for (const object of objects) if (object.kind === kind.kind) cache.set(keyString(keyOf(object)), object)
      }
      return cache as unknown as Cache<T>
    },
  }
}
