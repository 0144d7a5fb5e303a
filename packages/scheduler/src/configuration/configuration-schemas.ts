import { modelSchemas } from '@quarterdeck/api'
import type { Schema, SchemaSet } from '@quarterdeck/api-machinery'

import { extensionPoints } from '../framework/profile.ts'
import type { PluginArguments } from './configuration.ts'

const text: Schema = { type: 'string' }
const flag: Schema = { type: 'boolean' }
const integer: Schema = { type: 'integer', format: 'int32' }
const anything: Schema = {}
const list = (items: Schema): Schema => ({ type: 'array', items })
const object = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties })
const model = (name: string): Schema => ({ $ref: name })

const typeMeta = { apiVersion: text, kind: text }
const resources = list(object({ name: text, weight: integer }))
const shape = list(object({ utilization: integer, score: integer }))
const pluginSet = object({
  enabled: list(object({ name: text, weight: integer })),
  disabled: list(object({ name: text, weight: integer })),
})

/** Of the arguments of each plugin that has some. */
export const argumentSchemas: Readonly<Record<keyof PluginArguments, Schema>> = {
  DefaultPreemption: object({ ...typeMeta, minCandidateNodesPercentage: integer, minCandidateNodesAbsolute: integer }),
  InterPodAffinity: object({ ...typeMeta, hardPodAffinityWeight: integer, ignorePreferredTermsOfExistingPods: flag }),
  NodeAffinity: object({ ...typeMeta, addedAffinity: model('V1NodeAffinity') }),
  NodeResourcesBalancedAllocation: object({ ...typeMeta, resources }),
  NodeResourcesFit: object({
    ...typeMeta,
    ignoredResources: list(text),
    ignoredResourceGroups: list(text),
    scoringStrategy: object({ type: text, resources, requestedToCapacityRatio: object({ shape }) }),
  }),
  PodTopologySpread: object({ ...typeMeta, defaultConstraints: list(model('V1TopologySpreadConstraint')), defaultingType: text }),
  VolumeBinding: object({ ...typeMeta, bindTimeoutSeconds: integer, shape }),
}

const extender = object({
  urlPrefix: text,
  filterVerb: text,
  preemptVerb: text,
  prioritizeVerb: text,
  bindVerb: text,
  weight: integer,
  enableHTTPS: flag,
  tlsConfig: object({
    insecure: flag,
    serverName: text,
    certFile: text,
    keyFile: text,
    caFile: text,
    certData: text,
    keyData: text,
    caData: text,
  }),
  httpTimeout: text,
  nodeCacheCapable: flag,
  managedResources: list(object({ name: text, ignoredByScheduler: flag })),
  ignorable: flag,
})

const profile = object({
  schedulerName: text,
  percentageOfNodesToScore: integer,
  plugins: object({ multiPoint: pluginSet, ...Object.fromEntries(extensionPoints.map((point) => [point, pluginSet])) }),
  pluginConfig: list(object({ name: text, args: anything })),
})

/** What the worker settles itself (its Lease, its connection, its profiler) may be written down, and is not looked at. */
export const configurationSchema: Schema = object({
  ...typeMeta,
  parallelism: integer,
  leaderElection: anything,
  clientConnection: anything,
  enableProfiling: flag,
  enableContentionProfiling: flag,
  delayCacheUntilActive: flag,
  percentageOfNodesToScore: integer,
  podInitialBackoffSeconds: integer,
  podMaxBackoffSeconds: integer,
  profiles: list(profile),
  extenders: list(extender),
})

export const configurationSchemas: SchemaSet = modelSchemas
