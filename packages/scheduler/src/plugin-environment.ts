import type { Client } from '@quarterdeck/client'
import type { Clock } from '@quarterdeck/controller-runtime'

import type { Plugin } from './framework/plugin.ts'
import type { Preemption } from './plugins/default-preemption/default-preemption.ts'
import type { PluginCaches } from './plugin-caches.ts'
import type { CoreHandle } from './scheduler-core.ts'

/** What plugins are made with. */
export interface PluginEnvironment {
  core: CoreHandle
  /** Live copies of the kinds that plugins read. */
  caches: PluginCaches
  /** For what plugins store besides bindings: reservations of volumes. */
  client: Pick<Client, 'update' | 'patch'>
  clock: Clock
  /** Stores decisions. */
  binder: Plugin
  /** Ends a Pod that has to make way. Resolves when that has begun. */
  preempt(preemption: Preemption): Promise<void>
  /** Told of every attempt to make room, with the number of victims. */
  onPreemption?(victims: number): void
}
