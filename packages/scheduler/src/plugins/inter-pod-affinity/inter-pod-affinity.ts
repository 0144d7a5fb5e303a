import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { matchesPod } from '../../cache/pod-matcher.ts'
import type { Snapshot } from '../../cache/scheduler-cache.ts'
import type { CycleState } from '../../framework/cycle-state.ts'
import { normalizeBetween } from '../../framework/normalize.ts'
import type { Plugin, TrialChange } from '../../framework/plugin.ts'
import { rejection, unresolvable, type Rejection } from '../../framework/rejection.ts'
import { affinityStateOf, domainOf, matchesAll, type AffinityState } from './affinity-state.ts'
import { affinityCandidates } from './candidates.ts'
import { explainAffinity } from './explain-affinity.ts'
import { affinityHints } from './hints.ts'
import { podAffinityRepairs } from './pod-affinity-repairs.ts'
import { lookupsFor, type Lookup } from './scoring.ts'

const name = 'InterPodAffinity'
const affinityUnmet = unresolvable("node(s) didn't match pod affinity rules")
const antiAffinityUnmet = rejection("node(s) didn't match pod anti-affinity rules")
const othersAntiAffinityUnmet = rejection("node(s) didn't satisfy existing pods anti-affinity rules")

export interface InterPodAffinityOptions {
  /** How much it counts that a Pod on a node requires to be near the Pod to place. Default 1. */
  hardPodAffinityWeight?: number
  ignorePreferredTermsOfExistingPods?: boolean
}

/** Places Pods near, or away from, other Pods: what they require and prefer, and what Pods on nodes require and prefer of them. */
export function createInterPodAffinity(snapshot: Snapshot, options: InterPodAffinityOptions = {}): Plugin {
  const { hardPodAffinityWeight = 1, ignorePreferredTermsOfExistingPods = false } = options
  return {
    name,
    preFilter: (pod, current, state) => {
      const computed = affinityStateOf(pod, current)
      if (!computed) return 'skip'
      state.set(name, computed)
      return undefined
    },
    addPod: (pod, change, state) => tryChange(pod, change, { state, sign: 1, snapshot }),
    removePod: (pod, change, state) => tryChange(pod, change, { state, sign: -1, snapshot }),
    candidates: (_pod, current, state) => affinityCandidates(state.get<AffinityState>(name), current),
    filter: (_pod, node, state) => {
      const computed = state.get<AffinityState>(name)
      if (!computed) return undefined
      return state.trial ? rejectionInTrial(computed, node, state) : rejectionOf(computed, node)
    },
    preScore: (pod, { snapshot: current }, state) => {
      const lookups = lookupsFor(pod, current, { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods })
      if (lookups.length === 0) return 'skip'
      state.set(`${name} score`, lookups)
      return undefined
    },
    score: (_pod, { labels }, state) => {
      let score = 0
      for (const { topologyKey, weight, count } of state.get<readonly Lookup[]>(`${name} score`)!) {
        const value = labels[topologyKey]
        if (value !== undefined) score += weight * count(value)
      }
      return score
    },
    normalize: normalizeBetween,
    hints: affinityHints(snapshot),
    repairs: (_pod, node, state) => {
      const computed = state.get<AffinityState>(name)
      return computed ? podAffinityRepairs(computed, node, (namespace) => snapshot.namespaceLabels(namespace)) : []
    },
    explain: (_pod, node, state) => explainAffinity(state.get<AffinityState>(name), node),
  }
}

function rejectionOf({ affinity, antiAffinity, against, meansItself }: AffinityState, node: NodeInfo): Rejection | undefined {
  let isNear = true
  for (const { term, tally } of affinity) {
    const value = domainOf(node, term.topologyKey)
    if (value === undefined) return affinityUnmet
    if (!tally.podsIn(value)) isNear = false
  }
  if (!isNear && !(meansItself && affinity.every(({ tally }) => tally.total === 0))) return affinityUnmet
  for (const { term, tally } of antiAffinity) {
    const value = domainOf(node, term.topologyKey)
    if (value !== undefined && tally.podsIn(value)) return antiAffinityUnmet
  }
  for (const { topologyKey, holders } of against) {
    const value = domainOf(node, topologyKey)
    if (value !== undefined && holders.has(value)) return othersAntiAffinityUnmet
  }
  return undefined
}

const affinityKey = (topologyKey: string, value: string): string => `${name} near ${topologyKey}=${value}`
const antiAffinityKey = (index: number, value: string): string => `${name} away ${index} ${value}`
const againstKey = (topologyKey: string, value: string): string => `${name} against ${topologyKey}=${value}`
const totalKey = `${name} total`

/** As rejectionOf, with the Pods that a trial added or removed. */
function rejectionInTrial({ affinity, antiAffinity, against, meansItself }: AffinityState, node: NodeInfo, state: CycleState) {
  let isNear = true
  for (const { term, tally } of affinity) {
    const value = domainOf(node, term.topologyKey)
    if (value === undefined) return affinityUnmet
    if ((tally.podsIn(value) ?? 0) + state.trialCount(affinityKey(term.topologyKey, value)) <= 0) isNear = false
  }
  const isFirst = meansItself && affinity.every(({ tally }) => tally.total + state.trialCount(totalKey) <= 0)
  if (!isNear && !isFirst) return affinityUnmet
  for (const [i, { term, tally }] of antiAffinity.entries()) {
    const value = domainOf(node, term.topologyKey)
    if (value !== undefined && (tally.podsIn(value) ?? 0) + state.trialCount(antiAffinityKey(i, value)) > 0) return antiAffinityUnmet
  }
  for (const topologyKey of new Set([...against.map((held) => held.topologyKey), ...(state.get<Set<string>>(totalKey) ?? [])])) {
    const value = domainOf(node, topologyKey)
    if (value === undefined) continue
    let holders = state.trialCount(againstKey(topologyKey, value))
    for (const held of against) if (held.topologyKey === topologyKey) holders += held.holders.get(value) ?? 0
    if (holders > 0) return othersAntiAffinityUnmet
  }
  return undefined
}

function tryChange(
  pod: PodInfo,
  { other, node }: TrialChange,
  { state, sign, snapshot }: { state: CycleState; sign: 1 | -1; snapshot: Snapshot },
): void {
  const computed = state.get<AffinityState>(name)
  if (!computed) return
  const labelsOf = (namespace: string) => snapshot.namespaceLabels(namespace)
  const { requiredAffinity, requiredAntiAffinity } = pod.terms
  if (matchesAll(requiredAffinity, other, labelsOf)) {
    for (const topologyKey of new Set(requiredAffinity.map((term) => term.topologyKey))) {
      const value = domainOf(node, topologyKey)
      if (value !== undefined) state.addToTrial(affinityKey(topologyKey, value), sign)
    }
    state.addToTrial(totalKey, sign)
  }
  for (const [i, { matcher, topologyKey }] of requiredAntiAffinity.entries()) {
    const value = domainOf(node, topologyKey)
    if (value !== undefined && matchesPod(matcher, other, labelsOf)) state.addToTrial(antiAffinityKey(i, value), sign)
  }
  for (const { matcher, topologyKey } of other.terms.requiredAntiAffinity) {
    const value = domainOf(node, topologyKey)
    if (value === undefined || !matchesPod(matcher, pod, labelsOf)) continue
    state.addToTrial(againstKey(topologyKey, value), sign)
    state.set(totalKey, (state.get<Set<string>>(totalKey) ?? new Set()).add(topologyKey))
  }
}
