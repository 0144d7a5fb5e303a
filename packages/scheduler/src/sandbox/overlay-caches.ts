import type { KubeObject } from '@quarterdeck/api-machinery'
import { keyOf } from '@quarterdeck/api-machinery'
import type { Kind } from '@quarterdeck/api'

import type { PluginCaches } from '../plugin-caches.ts'
import { staticCaches, type StaticCaches } from '../static-caches.ts'

export interface OverlayCaches extends PluginCaches {
  /** Replaces an object here alone. The first of a kind copies all of the kind, which is not followed from then on. */
  set<T extends KubeObject>(kind: Kind<T>, object: T): T | undefined
}

/** Caches that show what others hold, except what was replaced here. Nobody is told of changes. */
export function overlayCaches(live: PluginCaches): OverlayCaches {
  const copied = new Map<string, StaticCaches>()
  return {
    cache: (kind) => (copied.get(kind.kind) ?? live).cache(kind),
    onChange: () => () => {},
    set: (kind, object) => {
      const own = copied.get(kind.kind) ?? staticCaches(live.cache(kind).list())
      copied.set(kind.kind, own)
      const old = own.cache(kind).get(keyOf(object))
      own.set(object)
      return old
    },
  }
}
