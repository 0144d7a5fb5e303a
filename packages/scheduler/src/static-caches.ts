import type { Kind } from '@quarterdeck/api'
import { keyOf, keyString, type KubeObject } from '@quarterdeck/api-machinery'
import { ObjectCache, type Cache } from '@quarterdeck/controller-runtime'

import { pluginIndexes, type PluginCaches } from './plugin-caches.ts'

export interface StaticCaches extends PluginCaches {
  /** Adds or replaces an object. */
  set(object: KubeObject): void
}

/** Caches without informers, that hold what they are given. */
export function staticCaches(objects: readonly KubeObject[] = []): StaticCaches {
  const caches = new Map<string, ObjectCache<KubeObject>>()
  const listeners = new Map<string, Set<() => void>>()
  const cacheOf = (kind: string): ObjectCache<KubeObject> => {
    const known = caches.get(kind)
    if (known) return known
    const made = new ObjectCache<KubeObject>()
    for (const spec of pluginIndexes) if (spec.kind.kind === kind) made.addIndex(spec.name, spec.valuesOf)
    caches.set(kind, made)
    return made
  }
  const set = (object: KubeObject): void => {
    cacheOf(object.kind).set(keyString(keyOf(object)), object)
    for (const listener of listeners.get(object.kind) ?? []) listener()
  }
  for (const object of objects) set(object)
  return {
    set,
    cache: <T extends KubeObject>({ kind }: Kind<T>) => cacheOf(kind) as unknown as Cache<T>,
    onChange: ({ kind }, callback) => {
      const known = listeners.get(kind) ?? new Set()
      listeners.set(kind, known.add(callback))
      return () => void known.delete(callback)
    },
  }
}
