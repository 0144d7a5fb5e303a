import type { Caches, Clock } from '@quarterdeck/controller-runtime'

import type { Plugin } from './framework/plugin.ts'
import type { Preemption } from './plugins/default-preemption/default-preemption.ts'
import type { CoreHandle } from './scheduler-core.ts'

/** What plugins are made with. */
export interface PluginEnvironment {
  core: CoreHandle
  /** Live copies of the kinds that plugins read. */
  caches: Caches
  clock: Clock
  /** Stores decisions. */
  binder: Plugin
  /** Ends a Pod that has to make way. Resolves when that has begun. */
  preempt(preemption: Preemption): Promise<void>
}
