import type { Node } from '@quarterdeck/api'

import type { PodInfo } from '../../cache/pod-info.ts'
import { matchesPod } from '../../cache/pod-matcher.ts'
import type { PodTerm } from '../../cache/pod-terms.ts'
import type { Snapshot } from '../../cache/scheduler-cache.ts'
import type { QueueingHints } from '../../framework/cluster-event.ts'
import { matchesAll } from './affinity-state.ts'

/** What may help a Pod that affinity or anti-affinity kept from every node. */
export function affinityHints(snapshot: Snapshot): QueueingHints {
  const labelsOf = (namespace: string) => snapshot.namespaceLabels(namespace)
  const wants = (pod: PodInfo, other: PodInfo): boolean => matchesAll(pod.terms.requiredAffinity, other, labelsOf)
  const means = (terms: readonly PodTerm[], other: PodInfo): boolean => terms.some(({ matcher }) => matchesPod(matcher, other, labelsOf))
  return {
    'pod added': ({ pod: added }, pod) => wants(pod, added),
    'pod left': ({ pod: left }, pod) =>
      means(pod.terms.requiredAntiAffinity, left) || means(left.terms.requiredAntiAffinity, pod) || wants(pod, left),
    'pod relabelled': ({ pod: now, old }, pod) =>
      wants(pod, now) !== wants(pod, old) || (means(pod.terms.requiredAntiAffinity, old) && !means(pod.terms.requiredAntiAffinity, now)),
    'pod itself': ({ old }, pod) => JSON.stringify(old.labels) !== JSON.stringify(pod.labels),
    'node added': ({ node }, { terms }) => hasAll(node.node, terms.requiredAffinity),
    'node changed': ({ node, old, changes }, { terms }) =>
      changes.has('labels') &&
      hasAll(node.node, terms.requiredAffinity) &&
      JSON.stringify(old.metadata.labels) !== JSON.stringify(node.labels),
    Namespace: (_event, { terms }) =>
      [...terms.requiredAffinity, ...terms.requiredAntiAffinity].some(({ matcher }) => matcher.namespaceRequirements),
  }
}

const hasAll = ({ metadata }: Node, terms: readonly PodTerm[]): boolean =>
  terms.every(({ topologyKey }) => metadata.labels?.[topologyKey] !== undefined)
