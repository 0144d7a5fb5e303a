import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import type { Clock } from './clock.ts'
import { createInformer, type Informer, type InformerOptions } from './informer.ts'
import type { Logger } from './logger.ts'

export type Selection = Pick<InformerOptions<KubeObject>, 'namespace' | 'labelSelector' | 'fieldSelector'>

/** Shares one informer among all who ask for the same kind and selection. All end with the factory's signal. */
export interface InformerFactory {
  of<T extends KubeObject>(kind: Kind<T>, selection?: Selection): Informer<T>
  /** Resolves once every informer asked for so far has its first list. */
  synced(): Promise<void>
}

export function createInformerFactory(
  client: Client,
  options: { signal: AbortSignal; clock?: Clock; log?: Logger; random?: () => number },
): InformerFactory {
  const informers = new Map<string, Informer<KubeObject>>()
  return {
    of: <T extends KubeObject>(kind: Kind<T>, selection: Selection = {}) => {
      const id = [
        kind.resource,
        kind.version,
        selection.namespace ?? '*',
        selection.labelSelector ?? '',
        selection.fieldSelector ?? '',
      ].join('|')
      let informer = informers.get(id)
      if (!informer) {
        informer = createInformer(client, kind as unknown as Kind, { ...options, ...selection })
        informers.set(id, informer)
      }
      return informer as unknown as Informer<T>
    },
    synced: async () => {
      await Promise.all([...informers.values()].map((informer) => informer.synced()))
    },
  }
}
