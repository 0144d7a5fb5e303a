import type { Extender } from './extender.ts'
import type { Plugin } from './plugin.ts'

type With<K extends keyof Plugin> = Plugin & Required<Pick<Plugin, K>>

/** The extension points of kube-scheduler, as its configuration names them. */
export const extensionPoints = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const

export type ExtensionPoint = (typeof extensionPoints)[number]

export interface WeightedPlugin {
  plugin: Plugin
  /** Weight of its score; 1 if not given. */
  weight?: number
}

export interface ProfileOptions {
  schedulerName: string
  /** The plugins of every extension point, in their order. Those that don't implement it are passed over. */
  points: Readonly<Record<ExtensionPoint, readonly WeightedPlugin[]>>
  /** Percentage of the nodes that is enough to choose from; absent or 0: it depends on how many there are. */
  percentageOfNodesToScore?: number | undefined
  extenders?: readonly Extender[]
}

/** A scheduler's plugins, by extension point: what the loop walks without asking who implements what. */
export interface Profile {
  schedulerName: string
  percentageOfNodesToScore: number | undefined
  extenders: readonly Extender[]
  plugins: readonly Plugin[]
  byName: ReadonlyMap<string, Plugin>
  preEnqueue: readonly With<'preEnqueue'>[]
  awaits: readonly With<'awaits'>[]
  queueSort: With<'precedes'>
  preFilter: readonly With<'preFilter'>[]
  filter: readonly With<'filter'>[]
  /** Those that must know which Pods come and go in a trial. */
  trialPlugins: readonly Plugin[]
  postFilter: readonly With<'postFilter'>[]
  score: readonly { plugin: With<'score'>; weight: number }[]
  reserve: readonly Plugin[]
  permit: readonly With<'permit'>[]
  preBind: readonly With<'preBind'>[]
  bind: readonly With<'bind'>[]
  postBind: readonly With<'postBind'>[]
}

/** A profile in which every plugin takes part wherever it can. */
export function createProfile(schedulerName: string, weighted: readonly WeightedPlugin[]): Profile {
  const points = Object.fromEntries(extensionPoints.map((point) => [point, weighted])) as Record<ExtensionPoint, readonly WeightedPlugin[]>
  return profileOf({ schedulerName, points })
}

export function profileOf({ schedulerName, points, percentageOfNodesToScore, extenders = [] }: ProfileOptions): Profile {
  const at = <K extends keyof Plugin>(point: ExtensionPoint, method: K): With<K>[] =>
    points[point].map(({ plugin }) => plugin).filter((plugin): plugin is With<K> => plugin[method] !== undefined)
  const [queueSort] = at('queueSort', 'precedes')
  if (!queueSort) throw new Error(`the profile of ${schedulerName} has no plugin that orders the queue`)
  if (at('bind', 'bind').length === 0) throw new Error(`the profile of ${schedulerName} has no plugin that binds`)
  const plugins = [...new Set(extensionPoints.flatMap((point) => points[point].map(({ plugin }) => plugin)))]
  return {
    schedulerName,
    percentageOfNodesToScore,
    extenders,
    plugins,
    byName: new Map(plugins.map((plugin) => [plugin.name, plugin])),
    preEnqueue: at('preEnqueue', 'preEnqueue'),
    awaits: at('postFilter', 'awaits'),
    queueSort,
    preFilter: at('preFilter', 'preFilter'),
    filter: at('filter', 'filter'),
    trialPlugins: plugins.filter((plugin) => plugin.addPod ?? plugin.removePod),
    postFilter: at('postFilter', 'postFilter'),
    score: at('score', 'score').map((plugin) => ({ plugin, weight: points.score.find((w) => w.plugin === plugin)?.weight ?? 1 })),
    reserve: points.reserve.map(({ plugin }) => plugin).filter((plugin) => plugin.reserve ?? plugin.unreserve),
    permit: at('permit', 'permit'),
    preBind: at('preBind', 'preBind'),
    bind: at('bind', 'bind'),
    postBind: at('postBind', 'postBind'),
  }
}
