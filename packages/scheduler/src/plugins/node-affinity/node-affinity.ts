import {
  matchesNodeAffinity,
  matchesNodeSelector,
  matchesNodeSelectorTerm,
  type V1NodeAffinity,
  type V1NodeSelector,
  type V1NodeSelectorTerm,
} from '@quarterdeck/api'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import type { Snapshot } from '../../cache/scheduler-cache.ts'
import { normalizeByMax } from '../../framework/normalize.ts'
import type { Candidates, Plugin, PreFilterResult } from '../../framework/plugin.ts'
import { unresolvable } from '../../framework/rejection.ts'
import { nodeAffinityRepairs } from './affinity-repairs.ts'

const mismatch = unresolvable("node(s) didn't match Pod's node affinity/selector")
const enforced = unresolvable("node(s) didn't match scheduler-enforced node affinity")
const conflict = unresolvable('pod affinity terms conflict')

export interface NodeAffinityOptions {
  /** Holds for every Pod of the profile, besides what the Pod itself asks for. */
  addedAffinity?: V1NodeAffinity | undefined
}

/** Places Pods only on nodes that match their node selector and required node affinity, and prefers those they prefer. */
export function createNodeAffinity({ addedAffinity }: NodeAffinityOptions = {}): Plugin {
  const added = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const addedPreferred = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  const isRight = (pod: PodInfo, { node }: NodeInfo): boolean =>
    (!added || matchesNodeSelector(added, node)) && matchesNodeAffinity(pod.pod.spec, node)
  const preferencesOf = ({ pod }: PodInfo) => {
    const own = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution
    return own?.length ? (addedPreferred.length > 0 ? [...addedPreferred, ...own] : own) : addedPreferred
  }
  return {
    name: 'NodeAffinity',
    isNodeLocal: true,
    preFilter: (pod) => preFilter(pod, added),
    candidates: (pod, snapshot) => candidates(pod, snapshot),
    filter: (pod, { node }) => {
      if (added && !matchesNodeSelector(added, node)) return enforced
      return matchesNodeAffinity(pod.pod.spec, node) ? undefined : mismatch
    },
    preScore: (pod) => (preferencesOf(pod).length > 0 ? undefined : 'skip'),
    score: (pod, { node }) => {
      let score = 0
      for (const { weight, preference } of preferencesOf(pod)) if (matchesNodeSelectorTerm(preference, node)) score += weight
      return score
    },
    normalize: normalizeByMax,
    hints: {
      'node added': ({ node }, pod) => isRight(pod, node),
      'node changed': ({ node, changes }, pod) => changes.has('labels') && isRight(pod, node),
      // Of a gated Pod they can be changed.
      'pod itself': ({ old }, { pod }) =>
        JSON.stringify([old.pod.spec.nodeSelector, old.pod.spec.affinity]) !== JSON.stringify([pod.spec.nodeSelector, pod.spec.affinity]),
    },
    repairs: ({ pod }, { node }) => (added && !matchesNodeSelector(added, node) ? [] : nodeAffinityRepairs(pod, node)),
    explain: (pod, node) => describe(pod, node, added),
  }
}

/** Pods of a DaemonSet name their node in a field requirement: then only that node need be looked at. */
function preFilter({ pod }: PodInfo, added: V1NodeSelector | undefined): PreFilterResult {
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (!required) return pod.spec.nodeSelector || added ? undefined : 'skip'
  const names = new Set<string>()
  for (const { matchFields = [] } of required.nodeSelectorTerms) {
    const named = matchFields.filter(({ key, operator }) => key === 'metadata.name' && operator === 'In')
    if (named.length === 0) return undefined
    const [first, ...others] = named.map(({ values = [] }) => values)
    for (const name of first ?? []) if (others.every((values) => values.includes(name))) names.add(name)
  }
  return names.size > 0 ? { nodeNames: names } : conflict
}

/** Nodes that have a label the Pod insists on. */
function candidates({ pod }: PodInfo, snapshot: Snapshot): Candidates | undefined {
  const sets = Object.entries(pod.spec.nodeSelector ?? {}).map(([key, value]) => snapshot.nodesWith(key, value))
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  const [only] = terms ?? []
  if (terms?.length === 1 && only) sets.push(...labelled(only, snapshot))
  return sets.reduce<ReadonlySet<NodeInfo> | undefined>((fewest, set) => (fewest && fewest.size <= set.size ? fewest : set), undefined)
}

function labelled({ matchExpressions = [] }: V1NodeSelectorTerm, snapshot: Snapshot): ReadonlySet<NodeInfo>[] {
  return matchExpressions.flatMap(({ key, operator, values = [] }) =>
    operator === 'In' && values.length === 1 ? [snapshot.nodesWith(key, values[0]!)] : [],
  )
}

/** What the Pod, or its profile, asks for and the node has not. */
function describe({ pod: { spec } }: PodInfo, { node, labels }: NodeInfo, added: V1NodeSelector | undefined): string {
  const here = (key: string): string => (labels[key] === undefined ? `no label ${key}` : `${key}=${labels[key]}`)
  const unmet = Object.entries(spec.nodeSelector ?? {}).filter(([key, value]) => labels[key] !== value)
  const found = unmet.map(([key, value]) => `asks for ${key}=${value}; the node has ${here(key)}`)
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (required && !matchesNodeSelector(required, node))
    found.push(`asks for ${describeSelector(required)}; the node has ${labelsIn(required).map(here).join(', ') || 'another name'}`)
  if (added && !matchesNodeSelector(added, node)) found.push(`the scheduler's profile asks for ${describeSelector(added)}`)
  return found.join(', ')
}

const labelsIn = ({ nodeSelectorTerms }: V1NodeSelector): string[] => [
  ...new Set(nodeSelectorTerms.flatMap(({ matchExpressions = [] }) => matchExpressions.map(({ key }) => key))),
]

const describeSelector = ({ nodeSelectorTerms }: V1NodeSelector): string =>
  nodeSelectorTerms
    .map(({ matchExpressions = [], matchFields = [] }) =>
      [...matchExpressions, ...matchFields]
        .map(({ key, operator, values }) => `${key} ${operator} ${values?.join(', ') ?? ''}`.trim())
        .join(' and '),
    )
    .join(' or ')
