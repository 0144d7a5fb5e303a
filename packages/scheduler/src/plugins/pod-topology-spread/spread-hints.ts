import type { Labels } from '@quarterdeck/api-machinery'

import type { PodInfo } from '../../cache/pod-info.ts'
import { matchesPod } from '../../cache/pod-matcher.ts'
import type { QueueingHints } from '../../framework/cluster-event.ts'
import type { SpreadConstraint } from './spread-constraint.ts'

/** What may help a Pod that no node was even enough for. */
export function spreadHints(constraintsOf: (pod: PodInfo) => readonly SpreadConstraint[]): QueueingHints {
  const counts = (pod: PodInfo, other: PodInfo): boolean =>
    other.namespace === pod.namespace && constraintsOf(pod).some(({ matcher }) => matchesPod(matcher, other, () => undefined))
  const takesPart = (pod: PodInfo, labels: Labels | undefined): boolean =>
    constraintsOf(pod).every(({ topologyKey }) => labels?.[topologyKey] !== undefined)
  const domains = (pod: PodInfo, labels: Labels | undefined): string =>
    JSON.stringify(constraintsOf(pod).map(({ topologyKey }) => labels?.[topologyKey] ?? null))
  return {
    'pod added': ({ pod: added }, pod) => counts(pod, added),
    'pod left': ({ pod: left }, pod) => counts(pod, left),
    // Either one that counted counts no more, or the other way round; one that is being deleted doesn't count.
    'pod relabelled': ({ pod: now, old }, pod) => counts(pod, now) !== counts(pod, old) || (counts(pod, now) && now.isTerminating),
    'pod itself': ({ old }, pod) =>
      JSON.stringify(old.labels) !== JSON.stringify(pod.labels) ||
      (constraintsOf(pod).some(({ honorsTaints }) => honorsTaints) &&
        JSON.stringify(old.pod.spec.tolerations) !== JSON.stringify(pod.pod.spec.tolerations)),
    'node added': ({ node }, pod) => takesPart(pod, node.labels),
    'node removed': ({ node }, pod) => takesPart(pod, node.metadata.labels),
    'node changed': ({ node, old, changes }, pod) => {
      if (changes.has('labels') && domains(pod, node.labels) !== domains(pod, old.metadata.labels)) return true
      return (changes.has('taints') || changes.has('labels')) && takesPart(pod, node.labels)
    },
  }
}
