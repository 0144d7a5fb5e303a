import type { Pod } from '@quarterdeck/api'
import type { Clock } from '@quarterdeck/controller-runtime'

import type { SchedulerConfiguration } from '../configuration/configuration.ts'
import { createProfiles } from '../configuration/create-profiles.ts'
import type { Profile } from '../framework/profile.ts'
import { createPacer } from '../pacer.ts'
import type { PluginCaches } from '../plugin-caches.ts'
import type { Preemption } from '../plugins/default-preemption/default-preemption.ts'
import { SchedulerCore } from '../scheduler-core.ts'
import { overlayCaches, type OverlayCaches } from './overlay-caches.ts'

/** A scheduler that stores nothing, as the live one was at one moment: the same profiles, nodes and Pods, waiting ones in their order. */
export interface Sandbox {
  core: SchedulerCore
  caches: OverlayCaches
  /** Places Pods until nothing more happens by itself. A Pod runs, and is ready, as soon as it has a node. */
  settle(signal: AbortSignal): Promise<void>
  /** Ends what still runs. */
  close(): Promise<void>
}

export interface SandboxOptions {
  configuration: SchedulerConfiguration
  caches: PluginCaches
  /** A Pod got a node. Default: nothing happens. */
  onPlaced?(pod: Pod, nodeName: string): void
  /** A Pod made way, and has left. */
  onPreempted?(preemption: Preemption): void
  /** Whether Pods that wait are in it. Default: no. */
  withPending?: boolean
}

/** How long a copy keeps the process busy at a time. */
const sliceMs = 4

const running: Pod['status'] = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }

const refuse = (): never => {
  throw new Error('nothing is stored from a sandbox')
}

/** Copies the live scheduler. Takes a while with many nodes, but lets others run meanwhile. */
export async function createSandbox(live: SchedulerCore, options: SandboxOptions): Promise<Sandbox> {
  const copying = live.cache.copying()
  const pause = createPacer(sliceMs)
  let step = copying.next()
  for (; !step.done; step = copying.next()) {
    const paused = pause()
    if (paused) await paused
  }
  const pending = options.withPending ? live.pending : []
  const atMs = Date.now()
  // Time stands still: backoffs end when nothing else is to be tried, timers never.
  const clock: Clock = { now: () => atMs, after: () => () => {} }
  const caches = overlayCaches(options.caches)
  const leaving = new Set<Promise<void>>()
  const core: SchedulerCore = new SchedulerCore({
    cache: step.value,
    clock,
    random: () => 1,
    profiles: (handle) =>
      createProfiles(options.configuration, {
        core: handle,
        clock,
        caches,
        client: { update: refuse, patch: refuse },
        binder: {
          name: 'SandboxBinder',
          bind: async ({ pod }, nodeName) => {
            core.setPod({ ...pod, spec: { ...pod.spec, nodeName }, status: running }, pod)
            options.onPlaced?.(pod, nodeName)
            return true
          },
        },
        preempt: (preemption) => {
          // Only when the attempt is over: it still looks at the node.
          const left = Promise.resolve().then(() => {
            core.removePod(preemption.victim.pod)
            options.onPreempted?.(preemption)
            leaving.delete(left)
          })
          leaving.add(left)
          return left
        },
      }).map(withoutEffects),
    reports: {
      binding: () => undefined,
      scheduled: () => {},
      unschedulable: () => {},
      gated: () => {},
      nominationCleared: () => {},
      failed: () => {},
    },
  })
  for (const { pod } of pending) core.setPod(pod.pod)
  const ended = AbortSignal.abort()
  const settle = async (signal: AbortSignal): Promise<void> => {
    do {
      await core.settle(signal)
      await Promise.all(leaving)
    } while (core.hasActive && !signal.aborted)
  }
  return { core, caches, settle, close: () => core.run(ended) }
}

/** Extenders are asked, but told of nothing; no permission is waited for, and nothing is made ready before a Pod is bound. */
function withoutEffects(profile: Profile): Profile {
  return {
    ...profile,
    extenders: profile.extenders.map((extender) => ({ ...extender, binds: false })),
    permit: [],
    preBind: [],
    postBind: [],
  }
}
