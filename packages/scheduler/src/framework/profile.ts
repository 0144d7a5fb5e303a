import type { Plugin } from './plugin.ts'

type With<K extends keyof Plugin> = Plugin & Required<Pick<Plugin, K>>

export interface WeightedPlugin {
  plugin: Plugin
  /** Weight of its score; 1 if not given. */
  weight?: number
}

/** A scheduler's plugins, by extension point: what the loop walks without asking who implements what. */
export interface Profile {
  schedulerName: string
  plugins: readonly Plugin[]
  byName: ReadonlyMap<string, Plugin>
  preEnqueue: readonly With<'preEnqueue'>[]
  queueSort: With<'precedes'>
  preFilter: readonly With<'preFilter'>[]
  filter: readonly With<'filter'>[]
  postFilter: readonly With<'postFilter'>[]
  score: readonly { plugin: With<'score'>; weight: number }[]
  reserve: readonly Plugin[]
  permit: readonly With<'permit'>[]
  preBind: readonly With<'preBind'>[]
  bind: readonly With<'bind'>[]
  postBind: readonly With<'postBind'>[]
}

export function createProfile(schedulerName: string, weighted: readonly WeightedPlugin[]): Profile {
  const plugins = weighted.map(({ plugin }) => plugin)
  const having = <K extends keyof Plugin>(point: K): With<K>[] => plugins.filter((plugin): plugin is With<K> => plugin[point] !== undefined)
  const [queueSort] = having('precedes')
  if (!queueSort) throw new Error(`the profile of ${schedulerName} has no plugin that orders the queue`)
  if (having('bind').length === 0) throw new Error(`the profile of ${schedulerName} has no plugin that binds`)
  return {
    schedulerName,
    plugins,
    byName: new Map(plugins.map((plugin) => [plugin.name, plugin])),
    preEnqueue: having('preEnqueue'),
    queueSort,
    preFilter: having('preFilter'),
    filter: having('filter'),
    postFilter: having('postFilter'),
    score: having('score').map((plugin) => ({ plugin, weight: weighted.find((w) => w.plugin === plugin)?.weight ?? 1 })),
    reserve: plugins.filter((plugin) => plugin.reserve ?? plugin.unreserve),
    permit: having('permit'),
    preBind: having('preBind'),
    bind: having('bind'),
    postBind: having('postBind'),
  }
}
