import type { V1TopologySpreadConstraint } from '@quarterdeck/api'
import type { Requirement } from '@quarterdeck/api-machinery'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import type { Tally } from '../../cache/tally.ts'
import type { CycleState } from '../../framework/cycle-state.ts'
import type { Plugin, TrialChange } from '../../framework/plugin.ts'
import { rejection, unresolvable, type Rejection } from '../../framework/rejection.ts'
import { describeMatcher } from '../describe-matcher.ts'
import { spreadConstraintsOf, tallySpecOf, type SpreadConstraint, type WhenUnsatisfiable } from './spread-constraint.ts'
import { spreadHints } from './spread-hints.ts'
import { spreadRepairs } from './spread-repairs.ts'
import { normalizeSpread, spreadScore, spreadScoreOf, type SpreadScore } from './spread-scoring.ts'

const name = 'PodTopologySpread'
const unevenly = rejection("node(s) didn't match pod topology spread constraints")
const withoutLabel = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)")

/** What kube-scheduler prefers for Pods that say nothing themselves. */
export const systemDefaultConstraints: readonly V1TopologySpreadConstraint[] = [
  { topologyKey: 'kubernetes.io/hostname', maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' },
]

export interface PodTopologySpreadOptions {
  /** Of Pods without constraints of their own; absent: the system's. */
  defaultConstraints?: readonly V1TopologySpreadConstraint[]
  /** The Pods among which a Pod without constraints is spread; empty: none. */
  defaultSelector: (pod: PodInfo) => readonly Requirement[]
}

interface CountedConstraint {
  /** Its place among the Pod's constraints. */
  index: number
  constraint: SpreadConstraint
  tally: Tally
  /** Pods in the domain that has fewest; with fewer domains than there should be, the missing ones count as empty. */
  fewest: number
}

/** Spreads Pods evenly over the domains of a label: nodes, zones, or any other. */
export function createPodTopologySpread({ defaultConstraints, defaultSelector }: PodTopologySpreadOptions): Plugin {
  const defaults = defaultConstraints ?? systemDefaultConstraints
  const constraintsOf = (pod: PodInfo, action: WhenUnsatisfiable): SpreadConstraint[] => {
    const own = pod.pod.spec.topologySpreadConstraints
    if (own?.length) return spreadConstraintsOf(pod, own, { action })
    if (!defaults.some(({ whenUnsatisfiable }) => whenUnsatisfiable === action)) return []
    const selector = defaultSelector(pod)
    return selector.length === 0 ? [] : spreadConstraintsOf(pod, defaults, { action, selector })
  }
  return {
    name,
    preFilter: (pod, snapshot, state) => {
      const constraints = constraintsOf(pod, 'DoNotSchedule')
      if (constraints.length === 0) return 'skip'
      const keys = constraints.map(({ topologyKey }) => topologyKey)
      state.set(
        name,
        constraints.map((constraint, index): CountedConstraint => {
          const tally = snapshot.tally(tallySpecOf(pod, constraint, keys))
          return { index, constraint, tally, fewest: tally.domainCount < constraint.minDomains ? 0 : tally.fewest }
        }),
      )
      return undefined
    },
    addPod: (_pod, change, state) => tryChange(change, state, 1),
    removePod: (_pod, change, state) => tryChange(change, state, -1),
    filter: (_pod, node, state) => {
      for (const counted of state.get<readonly CountedConstraint[]>(name) ?? []) {
        const rejected = rejectionOf(counted, node, state)
        if (rejected) return rejected
      }
      return undefined
    },
    preScore: (pod, { snapshot, feasible }, state) => {
      const constraints = constraintsOf(pod, 'ScheduleAnyway')
      if (constraints.length === 0) return 'skip'
      const requiresAll = Boolean(pod.pod.spec.topologySpreadConstraints?.length) || defaultConstraints !== undefined
      state.set(`${name} score`, spreadScoreOf(pod, constraints, { snapshot, feasible, requiresAll }))
      return undefined
    },
    score: (_pod, node, state) => spreadScore(state.get<SpreadScore>(`${name} score`)!, node),
    normalize: normalizeSpread,
    hints: spreadHints((pod) => constraintsOf(pod, 'DoNotSchedule')),
    repairs: (_pod, node, state) =>
      spreadRepairs(
        (state.get<readonly CountedConstraint[]>(name) ?? []).flatMap((counted) => {
          if (!rejectionOf(counted, node, state)) return []
          const { constraint, tally, fewest } = counted
          const value = node.labels[constraint.topologyKey]
          const skew = value === undefined ? undefined : (tally.podsIn(value) ?? 0) + constraint.self - fewest
          return [{ constraint, skew, domains: [...tally.domains()].toSorted(([, a], [, b]) => a.pods - b.pods).map(([domain]) => domain) }]
        }),
        node,
      ),
    explain: (_pod, node, state) =>
      (state.get<readonly CountedConstraint[]>(name) ?? [])
        .filter((counted) => rejectionOf(counted, node, state))
        .map((counted) => explainConstraint(counted, node))
        .join(', '),
  }
}

const trialKey = (index: number, value: string): string => `${name} ${index} ${value}`

function rejectionOf(counted: CountedConstraint, { labels }: NodeInfo, state: CycleState): Rejection | undefined {
  const { constraint, tally, index } = counted
  const value = labels[constraint.topologyKey]
  if (value === undefined) return withoutLabel
  const isTrial = state.trial !== undefined && state.trial.size > 0
  const there = (tally.podsIn(value) ?? 0) + (isTrial ? state.trialCount(trialKey(index, value)) : 0)
  const fewest = isTrial ? fewestInTrial(counted, state) : counted.fewest
  return there + constraint.self - fewest > constraint.maxSkew ? unevenly : undefined
}

function fewestInTrial({ constraint, tally, index }: CountedConstraint, state: CycleState): number {
  if (tally.domainCount < constraint.minDomains) return 0
  let fewest = Infinity
  for (const [value, { pods }] of tally.domains()) fewest = Math.min(fewest, pods + state.trialCount(trialKey(index, value)))
  return fewest === Infinity ? 0 : fewest
}

function tryChange({ other, node }: TrialChange, state: CycleState, sign: 1 | -1): void {
  for (const { tally, index } of state.get<readonly CountedConstraint[]>(name) ?? []) {
    const value = tally.domainOf(node)
    if (value !== undefined && tally.counts(other)) state.addToTrial(trialKey(index, value), sign)
  }
}

function explainConstraint({ constraint, tally, fewest }: CountedConstraint, { labels }: NodeInfo): string {
  const { topologyKey, matcher, maxSkew, minDomains } = constraint
  const value = labels[topologyKey]
  if (value === undefined) return `the node has no label ${topologyKey}`
  const few = tally.domainCount < minDomains ? `${tally.domainCount} of ${minDomains} domains there` : `${fewest} in the emptiest domain`
  return `${tally.podsIn(value) ?? 0} pod(s) with ${describeMatcher(matcher)} in ${topologyKey}=${value}, ${few}, a skew of ${maxSkew} allowed`
}
