import type { Plugin } from '../framework/plugin.ts'
import type { PluginEnvironment } from '../plugin-environment.ts'
import { createDynamicResources } from '../plugins/dynamic-resources/dynamic-resources.ts'
import { createDefaultPreemption } from '../plugins/default-preemption/default-preemption.ts'
import { imageLocality } from '../plugins/image-locality/image-locality.ts'
import { createInterPodAffinity } from '../plugins/inter-pod-affinity/inter-pod-affinity.ts'
import { createNodeAffinity } from '../plugins/node-affinity/node-affinity.ts'
import { nodeName } from '../plugins/node-name/node-name.ts'
import { nodePorts } from '../plugins/node-ports/node-ports.ts'
import { createBalancedAllocation } from '../plugins/node-resources-balanced-allocation/balanced-allocation.ts'
import { createNodeResourcesFit } from '../plugins/node-resources-fit/node-resources-fit.ts'
import type { ScoringStrategy } from '../plugins/node-resources-fit/scoring-strategy.ts'
import { cpuAndMemory, type ResourceWeight } from '../plugins/node-resources-fit/weighted-resources.ts'
import { nodeUnschedulable } from '../plugins/node-unschedulable/node-unschedulable.ts'
import { createDefaultSelector } from '../plugins/pod-topology-spread/default-selector.ts'
import { createPodTopologySpread } from '../plugins/pod-topology-spread/pod-topology-spread.ts'
import { prioritySort } from '../plugins/priority-sort/priority-sort.ts'
import { schedulingGates } from '../plugins/scheduling-gates/scheduling-gates.ts'
import { taintToleration } from '../plugins/taint-toleration/taint-toleration.ts'
import { createNodeVolumeLimits } from '../plugins/node-volume-limits/node-volume-limits.ts'
import { createVolumeBinding } from '../plugins/volume-binding/volume-binding.ts'
import { createVolumeRestrictions } from '../plugins/volume-restrictions/volume-restrictions.ts'
import { createVolumeZone } from '../plugins/volume-zone/volume-zone.ts'
import type { PluginArguments, ResourceSpec } from './configuration.ts'

type Arguments = Partial<PluginArguments>

/** Makes a plugin from its arguments. */
type Factory = (environment: PluginEnvironment, args: Arguments) => Plugin

/** How each plugin that a configuration can name is made. */
export const pluginRegistry: Readonly<Record<string, Factory>> = {
  SchedulingGates: () => schedulingGates,
  PrioritySort: () => prioritySort,
  NodeUnschedulable: () => nodeUnschedulable,
  NodeName: () => nodeName,
  TaintToleration: () => taintToleration,
  NodeAffinity: (_environment, { NodeAffinity: args }) => createNodeAffinity({ addedAffinity: args?.addedAffinity }),
  NodePorts: () => nodePorts,
  NodeResourcesFit: (_environment, { NodeResourcesFit: args = {} }) => {
    const { scoringStrategy, ...ignored } = args
    return createNodeResourcesFit({ ...ignored, ...(scoringStrategy ? { scoringStrategy: strategyOf(scoringStrategy) } : {}) })
  },
  VolumeRestrictions: ({ caches }) => createVolumeRestrictions(caches),
  NodeVolumeLimits: ({ caches }) => createNodeVolumeLimits(caches),
  VolumeBinding: ({ core, caches, clock, client }, { VolumeBinding: args }) =>
    createVolumeBinding({
      snapshot: core.snapshot,
      caches,
      clock,
      client,
      ...(args?.bindTimeoutSeconds === undefined ? {} : { bindTimeoutSeconds: args.bindTimeoutSeconds }),
    }),
  VolumeZone: ({ caches }) => createVolumeZone(caches),
  PodTopologySpread: ({ caches, clock }, { PodTopologySpread: args = {} }) =>
    createPodTopologySpread({
      defaultSelector: createDefaultSelector(caches, clock),
      ...(args.defaultingType === 'List' ? { defaultConstraints: args.defaultConstraints ?? [] } : {}),
    }),
  InterPodAffinity: ({ core }, { InterPodAffinity: args }) => createInterPodAffinity(core.snapshot, args),
  DynamicResources: ({ caches, clock, client }) => createDynamicResources({ caches, clock, client }),
  DefaultPreemption: ({ core, caches, preempt, onPreemption }, { DefaultPreemption: args }) =>
    createDefaultPreemption({ core, caches, preempt, ...(onPreemption ? { onAttempt: onPreemption } : {}), ...args }),
  NodeResourcesBalancedAllocation: (_environment, { NodeResourcesBalancedAllocation: args }) =>
    createBalancedAllocation(weightsOf(args?.resources)),
  ImageLocality: () => imageLocality,
  DefaultBinder: ({ binder }) => binder,
}

function strategyOf({
  type,
  resources,
  requestedToCapacityRatio,
}: NonNullable<PluginArguments['NodeResourcesFit']['scoringStrategy']>): ScoringStrategy {
  return {
    type: (type ?? 'LeastAllocated') as ScoringStrategy['type'],
    resources: weightsOf(resources),
    ...(requestedToCapacityRatio?.shape ? { shape: requestedToCapacityRatio.shape } : {}),
  }
}

/** A weight of 0, or none, counts as 1. */
const weightsOf = (resources: readonly ResourceSpec[] = []): readonly ResourceWeight[] =>
  resources.length === 0 ? cpuAndMemory : resources.map(({ name, weight }) => ({ name, weight: weight || 1 }))
