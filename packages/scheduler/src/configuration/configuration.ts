import type { V1NodeAffinity, V1TopologySpreadConstraint } from '@quarterdeck/api'

import type { ExtensionPoint } from '../framework/profile.ts'
import type { UtilizationShapePoint } from '../plugins/node-resources-fit/scoring-strategy.ts'

/** KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1, as far as it means something here. */
export interface SchedulerConfiguration {
  profiles?: ProfileConfiguration[]
  extenders?: ExtenderConfiguration[]
  percentageOfNodesToScore?: number
  podInitialBackoffSeconds?: number
  podMaxBackoffSeconds?: number
}

export interface ProfileConfiguration {
  schedulerName?: string
  percentageOfNodesToScore?: number
  plugins?: { [P in ExtensionPoint | 'multiPoint']?: PluginSet }
  pluginConfig?: PluginConfiguration[]
}

export interface PluginSet {
  enabled?: PluginReference[]
  disabled?: PluginReference[]
}

export interface PluginReference {
  name: string
  weight?: number
}

export interface PluginConfiguration {
  name: string
  args?: object
}

export interface ResourceSpec {
  name: string
  weight?: number
}

/** Arguments of the plugins that have some, by plugin. */
export interface PluginArguments {
  DefaultPreemption: { minCandidateNodesPercentage?: number; minCandidateNodesAbsolute?: number }
  InterPodAffinity: { hardPodAffinityWeight?: number; ignorePreferredTermsOfExistingPods?: boolean }
  NodeAffinity: { addedAffinity?: V1NodeAffinity }
  NodeResourcesBalancedAllocation: { resources?: ResourceSpec[] }
  NodeResourcesFit: {
    ignoredResources?: string[]
    ignoredResourceGroups?: string[]
    scoringStrategy?: {
      type?: string
      resources?: ResourceSpec[]
      requestedToCapacityRatio?: { shape?: UtilizationShapePoint[] }
    }
  }
  PodTopologySpread: { defaultConstraints?: V1TopologySpreadConstraint[]; defaultingType?: string }
  VolumeBinding: { bindTimeoutSeconds?: number; shape?: UtilizationShapePoint[] }
}

export interface ExtenderConfiguration {
  urlPrefix: string
  filterVerb?: string
  preemptVerb?: string
  prioritizeVerb?: string
  bindVerb?: string
  weight?: number
  enableHTTPS?: boolean
  tlsConfig?: ExtenderTls
  /** As Go writes durations: `5s`. */
  httpTimeout?: string
  nodeCacheCapable?: boolean
  managedResources?: { name: string; ignoredByScheduler?: boolean }[]
  ignorable?: boolean
}

export interface ExtenderTls {
  insecure?: boolean
  serverName?: string
  certFile?: string
  keyFile?: string
  caFile?: string
  /** Base64. */
  certData?: string
  keyData?: string
  caData?: string
}

/** A configuration that can't be used. The message names every mistake and where it is. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}
