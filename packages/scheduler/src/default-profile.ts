import type { PluginEnvironment } from './plugin-environment.ts'
import { createProfile, type Profile } from './framework/profile.ts'
import { createDefaultPreemption } from './plugins/default-preemption/default-preemption.ts'
import { imageLocality } from './plugins/image-locality/image-locality.ts'
import { createInterPodAffinity } from './plugins/inter-pod-affinity/inter-pod-affinity.ts'
import { createNodeAffinity } from './plugins/node-affinity/node-affinity.ts'
import { nodeName } from './plugins/node-name/node-name.ts'
import { nodePorts } from './plugins/node-ports/node-ports.ts'
import { createBalancedAllocation } from './plugins/node-resources-balanced-allocation/balanced-allocation.ts'
import { createNodeResourcesFit } from './plugins/node-resources-fit/node-resources-fit.ts'
import { nodeUnschedulable } from './plugins/node-unschedulable/node-unschedulable.ts'
import { createDefaultSelector } from './plugins/pod-topology-spread/default-selector.ts'
import { createPodTopologySpread } from './plugins/pod-topology-spread/pod-topology-spread.ts'
import { prioritySort } from './plugins/priority-sort/priority-sort.ts'
import { schedulingGates } from './plugins/scheduling-gates/scheduling-gates.ts'
import { taintToleration } from './plugins/taint-toleration/taint-toleration.ts'

export const defaultSchedulerName = 'default-scheduler'

/** The plugins of kube-scheduler's default profile, with its weights. */
export function createDefaultProfile(environment: PluginEnvironment): Profile {
  const { core, caches, clock, binder, preempt } = environment
  return createProfile(defaultSchedulerName, [
    { plugin: schedulingGates },
    { plugin: prioritySort },
    { plugin: nodeUnschedulable },
    { plugin: nodeName },
    { plugin: taintToleration, weight: 3 },
    { plugin: createNodeAffinity(), weight: 2 },
    { plugin: nodePorts },
    { plugin: createNodeResourcesFit() },
    { plugin: createPodTopologySpread({ defaultSelector: createDefaultSelector(caches, clock) }), weight: 2 },
    { plugin: createInterPodAffinity(core.snapshot), weight: 2 },
    { plugin: createDefaultPreemption({ core, caches, preempt }) },
    { plugin: createBalancedAllocation() },
    { plugin: imageLocality },
    { plugin: binder },
  ])
}
