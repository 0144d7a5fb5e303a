import type { V1TopologySpreadConstraint } from '@quarterdeck/api'

import type { UtilizationShapePoint } from '../plugins/node-resources-fit/scoring-strategy.ts'
import type { PluginArguments, ResourceSpec } from './configuration.ts'

/** What the arguments of plugins have wrong, each with its field. */
export function validateArguments(args: Partial<PluginArguments>, path: string): string[] {
  return [
    ...(args.DefaultPreemption ? preemption(args.DefaultPreemption, path) : []),
    ...range(args.InterPodAffinity?.hardPodAffinityWeight, [0, 100], `${path}.hardPodAffinityWeight`),
    ...balanced(args.NodeResourcesBalancedAllocation?.resources ?? [], `${path}.resources`),
    ...(args.NodeResourcesFit ? fit(args.NodeResourcesFit, path) : []),
    ...(args.PodTopologySpread ? spread(args.PodTopologySpread, path) : []),
    ...range(args.VolumeBinding?.bindTimeoutSeconds, [0, Infinity], `${path}.bindTimeoutSeconds`),
    ...(args.VolumeBinding?.shape
      ? [`${path}.shape: unexpected field \`shape\`, remove it or turn on the feature gate StorageCapacityScoring`]
      : []),
  ]
}

function range(value: number | undefined, [min, max]: readonly [number, number], path: string): string[] {
  if (value === undefined || (value >= min && value <= max)) return []
  return [`${path}: ${value} is not in valid range [${min}, ${max === Infinity ? 'inf)' : `${max}]`}`]
}

function preemption(args: PluginArguments['DefaultPreemption'], path: string): string[] {
  const { minCandidateNodesPercentage: percentage, minCandidateNodesAbsolute: absolute } = args
  const bothZero = percentage === 0 && absolute === 0
  return [
    ...range(percentage, [0, 100], `${path}.minCandidateNodesPercentage`),
    ...range(absolute, [0, Infinity], `${path}.minCandidateNodesAbsolute`),
    ...(bothZero ? [`${path}.minCandidateNodesPercentage: cannot be zero at the same time as minCandidateNodesAbsolute`] : []),
  ]
}

function balanced(resources: readonly ResourceSpec[], path: string): string[] {
  return resources.flatMap(({ name, weight = 1 }, i) => [
    ...(resources.findIndex((other) => other.name === name) < i ? [`${path}[${i}].name: duplicate value ${JSON.stringify(name)}`] : []),
    ...(weight === 1 || weight === 0 ? [] : [`${path}[${i}].weight: ${weight} must be 1`]),
  ])
}

const strategies = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio']

function fit({ ignoredResourceGroups = [], scoringStrategy }: PluginArguments['NodeResourcesFit'], path: string): string[] {
  const errors = ignoredResourceGroups.flatMap((group, i) =>
    group.includes('/') ? [`${path}.ignoredResourceGroups[${i}]: resource group name can't contain '/'`] : [],
  )
  if (!scoringStrategy) return errors
  const at = `${path}.scoringStrategy`
  const { type = '', resources = [], requestedToCapacityRatio: ratio } = scoringStrategy
  if (!strategies.includes(type)) errors.push(`${at}.type: ${JSON.stringify(type)} is not supported, only ${strategies.join(', ')}`)
  for (const [i, { weight = 1 }] of resources.entries()) errors.push(...range(weight, [0, 100], `${at}.resources[${i}].weight`))
  if (type !== 'RequestedToCapacityRatio') {
    return ratio ? [...errors, `${at}.requestedToCapacityRatio: must be nil when type is not RequestedToCapacityRatio`] : errors
  }
  return [...errors, ...validateShape(ratio?.shape ?? [], `${at}.requestedToCapacityRatio.shape`)]
}

function validateShape(shape: readonly UtilizationShapePoint[], path: string): string[] {
  if (shape.length === 0) return [`${path}: at least one point must be specified`]
  return shape.flatMap(({ utilization, score }, i) => [
    ...range(utilization, [0, 100], `${path}[${i}].utilization`),
    ...range(score, [0, 10], `${path}[${i}].score`),
    ...(i > 0 && shape[i - 1]!.utilization >= utilization ? [`${path}[${i}].utilization: values must be sorted in increasing order`] : []),
  ])
}

function spread({ defaultingType = 'System', defaultConstraints = [] }: PluginArguments['PodTopologySpread'], path: string): string[] {
  if (defaultingType !== 'System' && defaultingType !== 'List') {
    return [`${path}.defaultingType: ${JSON.stringify(defaultingType)} is not supported, only System, List`]
  }
  if (defaultingType === 'System' && defaultConstraints.length > 0) {
    return [`${path}.defaultingType: must be List when .defaultConstraints are not empty`]
  }
  return defaultConstraints.flatMap((constraint, i) => validateDefaultConstraint(constraint, `${path}.defaultConstraints[${i}]`))
}

function validateDefaultConstraint(
  { maxSkew, topologyKey, whenUnsatisfiable, labelSelector }: V1TopologySpreadConstraint,
  path: string,
): string[] {
  return [
    ...(maxSkew > 0 ? [] : [`${path}.maxSkew: ${maxSkew} is not in valid range (0, inf)`]),
    ...(topologyKey ? [] : [`${path}.topologyKey: can not be empty`]),
    ...(whenUnsatisfiable === 'DoNotSchedule' || whenUnsatisfiable === 'ScheduleAnyway'
      ? []
      : [`${path}.whenUnsatisfiable: ${JSON.stringify(whenUnsatisfiable)} is not supported, only DoNotSchedule, ScheduleAnyway`]),
    ...(labelSelector ? [`${path}.labelSelector: constraint must not define a selector, as they deduced for each pod`] : []),
  ]
}
