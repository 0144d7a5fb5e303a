import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { InformerFactory } from '@quarterdeck/controller-runtime'

import { pluginIndexes, type PluginCaches } from './plugin-caches.ts'

export interface InformerCaches extends PluginCaches {
  close(): void
}

/** Caches kept by informers, with the indexes that plugins need. */
export function createInformerCaches(informers: InformerFactory): InformerCaches {
  for (const { kind, name, valuesOf } of pluginIndexes) informers.of(kind as unknown as Kind).addIndex(name, valuesOf)
  const listeners = new Map<string, Set<() => void>>()
  const closers: (() => void)[] = []
  /** One handler for each kind, however many wait for a change of it: an informer announces all it has to each new handler. */
  const listenersOf = (kind: Kind): Set<() => void> => {
    const known = listeners.get(kind.kind)
    if (known) return known
    const made = new Set<() => void>()
    closers.push(
      informers.of(kind).onChange(() => {
        for (const listener of made) listener()
      }),
    )
    listeners.set(kind.kind, made)
    return made
  }
  return {
    cache: (kind) => informers.of(kind),
    onChange: <T extends KubeObject>(kind: Kind<T>, callback: () => void) => {
      const set = listenersOf(kind)
      set.add(callback)
      return () => void set.delete(callback)
    },
    close: () => {
      for (const close of closers) close()
    },
  }
}
