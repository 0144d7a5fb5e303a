import type { V1NodeAffinity } from '@quarterdeck/api'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { normalizeByMax } from '../../framework/normalize.ts'
import { unresolvable, type Plugin, type PreFilterResult } from '../../framework/plugin.ts'
import { matchesNodeSelector, matchesTerm } from './match-node.ts'

const mismatch = unresolvable("node(s) didn't match Pod's node affinity/selector")

/** Places Pods only on nodes that match their node selector and required node affinity, and prefers those they prefer. */
export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  preFilter: preFilter,
  filter: (pod, node) => (matches(pod, node) ? undefined : mismatch),
  preScore: (pod) => (affinityOf(pod)?.preferredDuringSchedulingIgnoredDuringExecution?.length ? undefined : 'skip'),
  score: (pod, { node }) => {
    let score = 0
    for (const { weight, preference } of affinityOf(pod)?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
      if (matchesTerm(preference, node)) score += weight
    }
    return score
  },
  normalize: normalizeByMax,
  canHelp: (event, pod) => {
    if (event.type !== 'node added' && event.type !== 'node changed') return false
    return (event.type === 'node added' || event.changes.has('labels')) && matches(pod, event.node)
  },
  explain: (pod) => `the node's labels don't match ${describe(pod)}`,
}

/** Pods of a DaemonSet name their node in a field requirement: then only that node need be looked at. */
function preFilter(pod: PodInfo): PreFilterResult {
  const required = affinityOf(pod)?.requiredDuringSchedulingIgnoredDuringExecution
  if (!required) return pod.pod.spec.nodeSelector ? undefined : 'skip'
  const names = new Set<string>()
  for (const { matchFields = [] } of required.nodeSelectorTerms) {
    const named = matchFields.find(({ key, operator }) => key === 'metadata.name' && operator === 'In')
    if (!named) return undefined
    for (const name of named.values ?? []) names.add(name)
  }
  return names.size > 0 ? { nodeNames: names } : undefined
}

function matches(pod: PodInfo, { node }: NodeInfo): boolean {
  const labels = node.metadata.labels ?? {}
  for (const [key, value] of Object.entries(pod.pod.spec.nodeSelector ?? {})) if (labels[key] !== value) return false
  const required = affinityOf(pod)?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || matchesNodeSelector(required, node)
}

const affinityOf = ({ pod }: PodInfo): V1NodeAffinity | undefined => pod.spec.affinity?.nodeAffinity

function describe({ pod }: PodInfo): string {
  const selector = Object.entries(pod.spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`)
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms = required?.nodeSelectorTerms.map(({ matchExpressions = [], matchFields = [] }) =>
    [...matchExpressions, ...matchFields]
      .map(({ key, operator, values }) => `${key} ${operator} ${values?.join(', ') ?? ''}`.trim())
      .join(' and '),
  )
  return [...selector, ...(terms?.length ? [terms.join(' or ')] : [])].join(' and ')
}
