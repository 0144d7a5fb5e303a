import type { PodInfo } from '../../cache/pod-info.ts'
import type { Snapshot } from '../../cache/scheduler-cache.ts'
import { tallyOf } from './affinity-state.ts'
import type { InterPodAffinityOptions } from './inter-pod-affinity.ts'

/** Something that speaks for (or, with negative weight, against) a domain, as often as it is counted there. */
export interface Lookup {
  topologyKey: string
  weight: number
  count(value: string): number
}

export function lookupsFor(pod: PodInfo, snapshot: Snapshot, options: Required<InterPodAffinityOptions>): Lookup[] {
  const { preferredAffinity, preferredAntiAffinity } = pod.terms
  const lookups: Lookup[] = []
  const add = (topologyKey: string, weight: number, count: (value: string) => number): void => {
    if (weight !== 0) lookups.push({ topologyKey, weight, count })
  }
  for (const [terms, sign] of [
    [preferredAffinity, 1],
    [preferredAntiAffinity, -1],
  ] as const) {
    for (const term of terms) {
      const tally = tallyOf(term, snapshot)
      if (tally.total > 0) add(term.topologyKey, sign * term.weight, (value) => tally.podsIn(value) ?? 0)
    }
  }
  const { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods } = options
  for (const { topologyKey, holders } of snapshot.heldTerms.requiring(pod)) {
    add(topologyKey, hardPodAffinityWeight, (value) => holders.get(value) ?? 0)
  }
  const preferring = ignorePreferredTermsOfExistingPods ? [] : snapshot.heldTerms.preferring(pod)
  for (const { topologyKey, holders, weight } of preferring) add(topologyKey, weight, (value) => holders.get(value) ?? 0)
  return lookups
}
