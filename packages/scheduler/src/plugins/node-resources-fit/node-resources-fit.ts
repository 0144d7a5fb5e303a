import { asksForLess } from '../../cache/asks-for-less.ts'
import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { addResources } from '@quarterdeck/api'
import type { Plugin } from '../../framework/plugin.ts'
import { fitRejection, shortagesOf } from './fit.ts'
import { fitRepairs } from './fit-repairs.ts'
import { formatAmount } from './format-amount.ts'
import { createResourceScore, type ScoringStrategy } from './scoring-strategy.ts'

export interface NodeResourcesFitOptions {
  scoringStrategy?: ScoringStrategy
  /** Resources that something else looks after. */
  ignoredResources?: readonly string[]
  /** As ignoredResources, all that begin with one of these and a slash. */
  ignoredResourceGroups?: readonly string[]
}

/** Places Pods where what they request is free. */
export function createNodeResourcesFit(options: NodeResourcesFitOptions = {}): Plugin {
  const { scoringStrategy = { type: 'LeastAllocated' }, ignoredResources = [], ignoredResourceGroups = [] } = options
  const ignored = new Set(ignoredResources)
  const groups = new Set(ignoredResourceGroups)
  const ignoresAny = ignored.size > 0 || groups.size > 0
  const isIgnored = ignoresAny
    ? (resource: string): boolean => ignored.has(resource) || groups.has(resource.slice(0, Math.max(0, resource.indexOf('/'))))
    : undefined
  const fits = (pod: PodInfo, node: NodeInfo): boolean => !fitRejection(pod, node, isIgnored)
  const mayFit = (pod: PodInfo, node: NodeInfo | undefined): boolean =>
    node !== undefined && (fits(pod, node) || fits(pod, withoutLower(pod, node)))
  return {
    name: 'NodeResourcesFit',
    isNodeLocal: true,
    filter: (pod, node) => fitRejection(pod, node, isIgnored),
    score: createResourceScore(scoringStrategy),
    hints: {
      'pod left': ({ node }, pod) => mayFit(pod, node),
      'pod shrank': ({ node }, pod) => mayFit(pod, node),
      'node added': ({ node }, pod) => fits(pod, node),
      'node changed': ({ node, changes }, pod) => changes.has('allocatable') && mayFit(pod, node),
      'pod itself': ({ old }, pod) => asksForLess(pod, old),
    },
    explain: (pod, node) => explain(pod, node, isIgnored),
    repairs: (pod, node) => fitRepairs(pod, node, shortagesOf(pod, node, isIgnored)),
  }
}

/** The node if Pods that are less important than this one made way. */
function withoutLower(pod: PodInfo, node: NodeInfo): NodeInfo {
  const requested = { ...node.requested, scalar: node.requested.scalar && new Map(node.requested.scalar) }
  let podCount = node.podCount
  for (const other of node.pods.values()) {
    if (other.priority >= pod.priority) continue
    addResources(requested, other.requests, -1)
    podCount--
  }
  return Object.create(node, { requested: { value: requested }, podCount: { value: podCount } }) as NodeInfo
}

function explain(pod: PodInfo, node: NodeInfo, isIgnored: ((resource: string) => boolean) | undefined): string {
  return shortagesOf(pod, node, isIgnored)
    .map(({ resource, requested, used, allocatable }) =>
      resource === 'pods'
        ? `runs ${used} of ${allocatable} pods`
        : `needs ${formatAmount(resource, requested)}; ${formatAmount(resource, Math.max(0, allocatable - used))} free of ${formatAmount(resource, allocatable)}`,
    )
    .join(', ')
}
