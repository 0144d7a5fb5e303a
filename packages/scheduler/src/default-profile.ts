import type { Plugin } from './framework/plugin.ts'
import { createProfile, type Profile } from './framework/profile.ts'
import { imageLocality } from './plugins/image-locality/image-locality.ts'
import { nodeAffinity } from './plugins/node-affinity/node-affinity.ts'
import { nodeName } from './plugins/node-name/node-name.ts'
import { nodePorts } from './plugins/node-ports/node-ports.ts'
import { nodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation/balanced-allocation.ts'
import { createNodeResourcesFit, type ScoringStrategy } from './plugins/node-resources-fit/node-resources-fit.ts'
import { nodeUnschedulable } from './plugins/node-unschedulable/node-unschedulable.ts'
import { prioritySort } from './plugins/priority-sort/priority-sort.ts'
import { schedulingGates } from './plugins/scheduling-gates/scheduling-gates.ts'
import { taintToleration } from './plugins/taint-toleration/taint-toleration.ts'

export const defaultSchedulerName = 'default-scheduler'

/** The plugins of kube-scheduler's default profile, with its weights. `binder` stores the decision. */
export function createDefaultProfile(binder: Plugin, options: { schedulerName?: string; scoring?: ScoringStrategy } = {}): Profile {
  return createProfile(options.schedulerName ?? defaultSchedulerName, [
    { plugin: prioritySort },
    { plugin: schedulingGates },
    { plugin: nodeUnschedulable },
    { plugin: nodeName },
    { plugin: taintToleration, weight: 3 },
    { plugin: nodeAffinity, weight: 2 },
    { plugin: nodePorts },
    { plugin: createNodeResourcesFit(options.scoring) },
    { plugin: nodeResourcesBalancedAllocation },
    { plugin: imageLocality },
    { plugin: binder },
  ])
}
