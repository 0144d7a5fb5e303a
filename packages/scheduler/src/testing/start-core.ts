import type { TestContext } from 'node:test'

import type { KubeObject } from '@quarterdeck/api-machinery'
import { FakeClock } from '@quarterdeck/controller-runtime/testing'

import { createDefaultProfile } from '../configuration/create-profiles.ts'
import type { Plugin } from '../framework/plugin.ts'
import { createProfile, type Profile } from '../framework/profile.ts'
import type { PluginEnvironment } from '../plugin-environment.ts'
import { SchedulerCore } from '../scheduler-core.ts'
import { staticCaches } from '../static-caches.ts'

export interface StartOptions {
  bind?: (pod: string, node: string) => Promise<void>
  /** Take part before the plugins of the default profile. */
  extra?: readonly Plugin[]
  /** What caches of other kinds hold. */
  objects?: readonly KubeObject[]
  /** Takes what plugins store. */
  client?: PluginEnvironment['client']
  /** What happens to victims of preemption. */
  preempt?: PluginEnvironment['preempt']
  profiles?: (environment: PluginEnvironment) => readonly Profile[]
}

const refuse = (): never => {
  throw new Error('nothing is stored here')
}
const noClient = { update: refuse, patch: refuse }

/** A scheduler that binds nowhere, runs until the test ends, and says what it did. */
export function startCore(
  t: Pick<TestContext, 'after'>,
  { bind = async () => {}, extra = [], objects = [], preempt = async () => {}, client = noClient, profiles }: StartOptions = {},
) {
  const clock = new FakeClock()
  const caches = staticCaches(objects)
  const stop = new AbortController()
  const bound: string[] = []
  const messages: string[] = []
  const binder: Plugin = {
    name: 'TestBinder',
    bind: async ({ pod }, node) => {
      await bind(pod.metadata.name, node)
      bound.push(`${pod.metadata.name} to ${node}`)
      return true
    },
  }
  const victims: string[] = []
  const report: PluginEnvironment['preempt'] = async (preemption) => {
    victims.push(`${preemption.victim.pod.metadata.name} for ${preemption.preemptor.pod.metadata.name}`)
    await preempt(preemption)
  }
  const core = new SchedulerCore({
    clock,
    random: () => 0.99,
    profiles: (handle) => {
      const environment = { core: handle, caches, client, clock, binder, preempt: report }
      if (profiles) return profiles(environment)
      const standard = createDefaultProfile(environment)
      const weightOf = (plugin: Plugin): number => standard.score.find((scored) => scored.plugin === plugin)?.weight ?? 1
      const plugins = standard.plugins.map((plugin) => ({ plugin, weight: weightOf(plugin) }))
      return [createProfile('default-scheduler', [...extra.map((plugin) => ({ plugin })), ...plugins])]
    },
    reports: {
      binding: () => undefined,
      scheduled: () => {},
      unschedulable: (pod, message) => messages.push(`${pod.metadata.name}: ${message}`),
      gated: (pod, message) => messages.push(`${pod.metadata.name}: ${message}`),
      nominationCleared: () => {},
      failed: (pod, error) => messages.push(`${pod.metadata.name}: ${String(error)}`),
    },
  })
  const running = core.run(stop.signal)
  t.after(async () => {
    stop.abort()
    await running
  })
  return { core, caches, clock, bound, messages, victims }
}

/** What a message says before it comes to preemption. */
export const withoutPreemption = (message: string): string => message.replace(/ preemption: .*$/, '')
