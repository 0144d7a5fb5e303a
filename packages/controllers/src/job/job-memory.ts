import { pods, type Pod } from '@quarterdeck/api'
import { keyOf } from '@quarterdeck/api-machinery'
import type { ReconcileContext } from '@quarterdeck/controller-runtime'

import type { BackOff } from './back-off.ts'

/** What one run of the controller knows beyond its caches. */
export interface JobMemory {
  /** By key of the Job, with its uid. */
  backOffs: Map<string, { uid: string; backOff: BackOff }>
  /**
   * Whether the caches hold all that a leader before this one wrote. A finalizer that it took away and that a cache still shows would
   * be counted a second time.
   */
  hasCaughtUp(ctx: ReconcileContext): Promise<boolean>
}

const memories = new WeakMap<AbortSignal, JobMemory>()

/** The memory of the run that this context belongs to. */
export function memoryOf(ctx: ReconcileContext): JobMemory {
  let memory = memories.get(ctx.signal)
  if (!memory) memories.set(ctx.signal, (memory = createMemory()))
  return memory
}

function createMemory(): JobMemory {
  let caughtUp: Promise<boolean> = Promise.resolve(false)
  let isChecking = false
  return {
    backOffs: new Map(),
    async hasCaughtUp(ctx) {
      if (!(await caughtUp) && !isChecking) {
        isChecking = true
        caughtUp = holdsAllPods(ctx).finally(() => (isChecking = false))
      }
      return caughtUp
    },
  }
}

/**
 * A watch delivers in the order of revisions: a cache that shows one above that of a list has all of the list. Where nothing
 * happens, cache and list show the same.
 */
async function holdsAllPods(ctx: ReconcileContext): Promise<boolean> {
  const live = await ctx.client.list(pods)
  const cached = ctx.cache(pods)
  const newest = cached.list().reduce((revision, pod) => Math.max(revision, revisionOf(pod)), 0)
  if (newest > Number(live.metadata.resourceVersion)) return true
  return cached.size === live.items.length && live.items.every((pod) => revisionOf(cached.get(keyOf(pod))) === revisionOf(pod))
}

const revisionOf = (pod: Pod | undefined): number => Number(pod?.metadata.resourceVersion ?? 0)
