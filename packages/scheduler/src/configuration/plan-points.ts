import { extensionPoints, type ExtensionPoint } from '../framework/profile.ts'
import type { PluginReference, PluginSet, ProfileConfiguration } from './configuration.ts'
import { defaultPlugins } from './plugin-names.ts'

export type PlannedPoints = Record<ExtensionPoint, PluginReference[]>

const all = '*'

/**
 * Which plugins take part where, in which order and with which weight: those of multiPoint (the default ones and the profile's)
 * everywhere, except where an extension point says otherwise. What it enables takes the place of the same plugin of multiPoint, before
 * the rest of them; what is only enabled there comes last.
 */
export function planPoints({ plugins = {} }: ProfileConfiguration): PlannedPoints {
  const everywhere = merge(defaultPlugins, plugins.multiPoint)
  return Object.fromEntries(extensionPoints.map((point) => [point, planPoint(everywhere, plugins[point])])) as PlannedPoints
}

function merge(defaults: readonly PluginReference[], { enabled = [], disabled = [] }: PluginSet = {}): PluginReference[] {
  const off = new Set(disabled.map(({ name }) => name))
  const kept = off.has(all) ? [] : defaults.filter(({ name }) => !off.has(name))
  const names = new Set(kept.map(({ name }) => name))
  return [
    ...kept.map((plugin) => enabled.find(({ name }) => name === plugin.name) ?? plugin),
    ...enabled.filter(({ name }) => !names.has(name)),
  ]
}

function planPoint(everywhere: readonly PluginReference[], { enabled = [], disabled = [] }: PluginSet = {}): PluginReference[] {
  const off = new Set(disabled.map(({ name }) => name))
  const here = new Set(enabled.map(({ name }) => name))
  const isEverywhere = new Set(everywhere.map(({ name }) => name))
  return [
    ...enabled.filter(({ name }) => isEverywhere.has(name)),
    ...everywhere.filter(({ name }) => !here.has(name) && !off.has(name) && !off.has(all)),
    ...enabled.filter(({ name }) => !isEverywhere.has(name)),
  ]
}
