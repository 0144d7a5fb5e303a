import { qualifiedNameErrors } from '@quarterdeck/api-machinery'

import { extensionPoints } from '../framework/profile.ts'
import type { ExtenderConfiguration, ProfileConfiguration, SchedulerConfiguration } from './configuration.ts'
import { parseDurationMs } from './duration.ts'
import { pluginNames } from './plugin-names.ts'
import { validateArguments } from './validate-arguments.ts'

/** What a decoded configuration has wrong, each with its field. */
export function validateConfiguration(configuration: SchedulerConfiguration): string[] {
  const {
    profiles = [{}],
    extenders = [],
    percentageOfNodesToScore,
    podInitialBackoffSeconds = 1,
    podMaxBackoffSeconds = 10,
  } = configuration
  return [
    ...percentage(percentageOfNodesToScore, 'percentageOfNodesToScore'),
    ...(podInitialBackoffSeconds > 0 ? [] : ['podInitialBackoffSeconds: must be greater than 0']),
    ...(podMaxBackoffSeconds >= podInitialBackoffSeconds
      ? []
      : ['podMaxBackoffSeconds: must be greater than or equal to podInitialBackoffSeconds']),
    ...profiles.flatMap((profile, i) => validateProfile(profile, { path: `profiles[${i}]`, isOnly: profiles.length === 1 })),
    ...duplicates(
      profiles.map(({ schedulerName }) => schedulerName ?? ''),
      (i) => `profiles[${i}].schedulerName`,
    ),
    ...sameQueueSort(profiles),
    ...extenders.flatMap((extender, i) => validateExtender(extender, `extenders[${i}]`)),
    ...duplicates(
      extenders.flatMap(({ managedResources = [] }) => managedResources.map(({ name }) => name)),
      () => 'extenders: managedResources',
    ),
    ...(extenders.filter(({ bindVerb }) => bindVerb).length > 1 ? ['extenders: only one extender can implement bind'] : []),
  ]
}

function percentage(value: number | undefined, path: string): string[] {
  return value === undefined || (value >= 0 && value <= 100) ? [] : [`${path}: ${value} is not in valid range [0-100]`]
}

function duplicates(values: readonly string[], pathOf: (index: number) => string): string[] {
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [`${pathOf(i)}: duplicate value ${JSON.stringify(value)}`] : []))
}

function validateProfile(profile: ProfileConfiguration, { path, isOnly }: { path: string; isOnly: boolean }): string[] {
  const { schedulerName, plugins = {}, pluginConfig = [], percentageOfNodesToScore } = profile
  const errors = percentage(percentageOfNodesToScore, `${path}.percentageOfNodesToScore`)
  if (!schedulerName && !isOnly) errors.push(`${path}.schedulerName: required value`)
  for (const point of ['multiPoint', ...extensionPoints] as const) {
    const enabled = plugins[point]?.enabled ?? []
    for (const [i, { name }] of enabled.entries()) {
      const at = `${path}.plugins.${point}.enabled[${i}]`
      if (!pluginNames.has(name)) errors.push(`${at}: no plugin ${JSON.stringify(name)}; there are ${[...pluginNames].join(', ')}`)
    }
    errors.push(
      ...duplicates(
        enabled.map(({ name }) => name),
        (i) => `${path}.plugins.${point}.enabled[${i}]`,
      ),
    )
  }
  errors.push(
    ...duplicates(
      pluginConfig.map(({ name }) => name),
      (i) => `${path}.pluginConfig[${i}]`,
    ),
    ...pluginConfig.flatMap(({ name, args = {} }, i) => validateArguments({ [name]: args }, `${path}.pluginConfig[${i}].args`)),
  )
  return errors
}

/** All Pods wait in one queue. */
function sameQueueSort(profiles: readonly ProfileConfiguration[]): string[] {
  const of = ({ plugins }: ProfileConfiguration): string => JSON.stringify(plugins?.queueSort ?? {})
  const first = profiles[0] ? of(profiles[0]) : ''
  const errors = profiles.flatMap((profile, i) =>
    of(profile) === first ? [] : [`profiles[${i}].plugins.queueSort: must be the same for all profiles`],
  )
  return (profiles[0]?.plugins?.queueSort?.enabled?.length ?? 0) > 1
    ? [...errors, 'profiles[0].plugins.queueSort.enabled: only one queue sort plugin can be enabled']
    : errors
}

function validateExtender(extender: ExtenderConfiguration, path: string): string[] {
  const { urlPrefix, prioritizeVerb, weight = 0, httpTimeout, managedResources = [] } = extender
  const errors: string[] = []
  if (!URL.canParse(urlPrefix ?? '')) errors.push(`${path}.urlPrefix: ${JSON.stringify(urlPrefix)} is no URL`)
  if (prioritizeVerb && weight <= 0) errors.push(`${path}.weight: must have a positive weight applied to it`)
  if (httpTimeout !== undefined && parseDurationMs(httpTimeout) === undefined) {
    errors.push(`${path}.httpTimeout: ${JSON.stringify(httpTimeout)} is no duration such as 5s or 100ms`)
  }
  for (const [i, { name }] of managedResources.entries()) {
    const at = `${path}.managedResources[${i}].name`
    errors.push(...qualifiedNameErrors(name).map((message) => `${at}: ${message}`))
    if (!name.includes('/') || name.startsWith('kubernetes.io/'))
      errors.push(`${at}: ${JSON.stringify(name)} is an invalid extended resource name`)
  }
  return errors
}
