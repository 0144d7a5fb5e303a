import type { HeldTerm } from '../../cache/held-terms.ts'
import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { matchesPod, type NamespaceLabels, type PodMatcher } from '../../cache/pod-matcher.ts'
import type { PodTerm } from '../../cache/pod-terms.ts'
import type { Snapshot } from '../../cache/scheduler-cache.ts'
import type { Tally } from '../../cache/tally.ts'

/** A required term of the Pod, with the Pods it means counted by domain. */
export interface CountedTerm {
  term: PodTerm
  tally: Tally
}

/** What is known about a Pod's required terms, and about those of Pods on nodes that mean it. */
export interface AffinityState {
  affinity: readonly CountedTerm[]
  antiAffinity: readonly CountedTerm[]
  /** Anti-affinity of Pods on nodes. */
  against: readonly HeldTerm[]
  /** Whether the Pod itself is one of those it wants to be near: then it may be the first of them. */
  meansItself: boolean
}

/** Undefined: there is nothing to hold to. */
export function affinityStateOf(pod: PodInfo, snapshot: Snapshot): AffinityState | undefined {
  const { requiredAffinity, requiredAntiAffinity } = pod.terms
  const against = snapshot.heldTerms.against(pod)
  if (requiredAffinity.length === 0 && requiredAntiAffinity.length === 0 && against.length === 0) return undefined
  return {
    against,
    affinity: requiredAffinity.map((term) => ({ term, tally: tallyOfAll(requiredAffinity, term.topologyKey, snapshot) })),
    antiAffinity: requiredAntiAffinity.map((term) => ({ term, tally: tallyOf(term, snapshot) })),
    meansItself: matchesAll(requiredAffinity, pod, (namespace) => snapshot.namespaceLabels(namespace)),
  }
}

/** Pods that a term means. */
export const tallyOf = ({ matcher, topologyKey }: PodTerm, snapshot: Snapshot): Tally =>
  snapshot.tally({ matchers: [matcher], topologyKey, countsTerminating: true })

/** Only a Pod that all required terms mean counts for any of them. */
function tallyOfAll(terms: readonly PodTerm[], topologyKey: string, snapshot: Snapshot): Tally {
  const matchers = terms.map(({ matcher }) => matcher) as [PodMatcher, ...PodMatcher[]]
  return snapshot.tally({ matchers, topologyKey, countsTerminating: true })
}

export function matchesAll(terms: readonly PodTerm[], pod: PodInfo, labelsOf: NamespaceLabels): boolean {
  return terms.length > 0 && terms.every(({ matcher }) => matchesPod(matcher, pod, labelsOf))
}

export const domainOf = ({ labels }: NodeInfo, topologyKey: string): string | undefined => labels[topologyKey]
