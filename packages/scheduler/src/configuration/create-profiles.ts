import { createHttpExtender } from '../extenders/http-extender.ts'
import type { Extender } from '../framework/extender.ts'
import { extensionPoints, profileOf, type ExtensionPoint, type Profile, type WeightedPlugin } from '../framework/profile.ts'
import type { Plugin } from '../framework/plugin.ts'
import type { PluginEnvironment } from '../plugin-environment.ts'
import type { PluginArguments, ProfileConfiguration, SchedulerConfiguration } from './configuration.ts'
import { planPoints } from './plan-points.ts'
import { pluginRegistry } from './plugin-registry.ts'

export const defaultSchedulerName = 'default-scheduler'

/** The profiles of a valid configuration. Extenders are shared by all. Throws if files that it names can't be read. */
export function createProfiles(configuration: SchedulerConfiguration, environment: PluginEnvironment): Profile[] {
  const { profiles = [{}], extenders: configured = [], percentageOfNodesToScore } = configuration
  const extenders = configured.map((extender) => createHttpExtender(extender, environment.core.snapshot))
  const ignored = configured.flatMap(({ managedResources = [] }) =>
    managedResources.filter(({ ignoredByScheduler }) => ignoredByScheduler).map(({ name }) => name),
  )
  return profiles.map((profile) => createConfiguredProfile(profile, { environment, extenders, ignored, percentageOfNodesToScore }))
}

interface Shared {
  environment: PluginEnvironment
  extenders: readonly Extender[]
  /** Resources that extenders look after. */
  ignored: readonly string[]
  percentageOfNodesToScore: number | undefined
}

function createConfiguredProfile(profile: ProfileConfiguration, { environment, extenders, ignored, ...shared }: Shared): Profile {
  const planned = planPoints(profile)
  const args = Object.fromEntries((profile.pluginConfig ?? []).map(({ name, args: given }) => [name, given])) as Partial<PluginArguments>
  if (ignored.length > 0) {
    const { ignoredResources = [] } = args.NodeResourcesFit ?? {}
    args.NodeResourcesFit = { ...args.NodeResourcesFit, ignoredResources: [...ignoredResources, ...ignored] }
  }
  // One plugin takes part in many extension points.
  const made = new Map<string, Plugin>()
  const pluginOf = (name: string): Plugin => {
    const plugin = made.get(name) ?? pluginRegistry[name]!(environment, args)
    made.set(name, plugin)
    return plugin
  }
  const at = (point: ExtensionPoint): WeightedPlugin[] =>
    planned[point].map(({ name, weight }) => ({ plugin: pluginOf(name), weight: weight || 1 }))
  const points = Object.fromEntries(extensionPoints.map((point) => [point, at(point)] as const)) as Record<ExtensionPoint, WeightedPlugin[]>
  const { schedulerName = defaultSchedulerName, percentageOfNodesToScore = shared.percentageOfNodesToScore } = profile
  return profileOf({ schedulerName, points, percentageOfNodesToScore, extenders })
}

/** The profile of an empty configuration. */
export function createDefaultProfile(environment: PluginEnvironment): Profile {
  return createProfiles({}, environment)[0]!
}
