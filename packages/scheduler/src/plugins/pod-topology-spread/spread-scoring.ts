import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import type { ScoreContext } from '../../framework/plugin.ts'
import { tallySpecOf, type SpreadConstraint } from './spread-constraint.ts'
import { maxScore } from '../../framework/normalize.ts'

const hostname = 'kubernetes.io/hostname'

/** Of a node that has not all the labels by which to spread: it gets no score. */
const ignored = -1

export interface SpreadScore {
  /** Labels without which a node is ignored. */
  requiredKeys: readonly string[]
  parts: readonly { topologyKey: string; maxSkew: number; weight: number; count(value: string): number }[]
}

/** `requiresAll`: nodes must have the labels of all constraints. */
export function spreadScoreOf(
  pod: PodInfo,
  constraints: readonly SpreadConstraint[],
  { snapshot, feasible, requiresAll }: ScoreContext & { requiresAll: boolean },
): SpreadScore {
  const requiredKeys = requiresAll ? constraints.map(({ topologyKey }) => topologyKey) : []
  const taking = feasible.filter(({ labels }) => requiredKeys.every((key) => labels[key] !== undefined))
  return {
    requiredKeys,
    parts: constraints.map((constraint) => {
      const { topologyKey, maxSkew } = constraint
      const isHostname = topologyKey === hostname
      // On a node of its own what counts is what is there, whoever else may come.
      const spec = isHostname
        ? { matchers: [constraint.matcher] as const, topologyKey, countsTerminating: false }
        : tallySpecOf(pod, constraint, requiredKeys)
      const tally = snapshot.tally(spec)
      const domains = isHostname ? taking.length : new Set(taking.map(({ labels }) => labels[topologyKey])).size
      return { topologyKey, maxSkew, weight: Math.log(domains + 2), count: (value: string) => tally.podsIn(value) ?? 0 }
    }),
  }
}

export function spreadScore({ requiredKeys, parts }: SpreadScore, { labels }: NodeInfo): number {
  for (const key of requiredKeys) if (labels[key] === undefined) return ignored
  let score = 0
  for (const { topologyKey, maxSkew, weight, count } of parts) {
    const value = labels[topologyKey]
    if (value !== undefined) score += count(value) * weight + (maxSkew - 1)
  }
  return Math.round(score)
}

/** The fewer Pods there are, the better. */
export function normalizeSpread(scores: Float64Array, count: number): void {
  let min = Infinity
  let max = 0
  for (let i = 0; i < count; i++) {
    if (scores[i] === ignored) continue
    min = Math.min(min, scores[i]!)
    max = Math.max(max, scores[i]!)
  }
  for (let i = 0; i < count; i++) {
    if (scores[i] === ignored) scores[i] = 0
    else scores[i] = max === 0 ? maxScore : Math.trunc((maxScore * (max + min - scores[i]!)) / max)
  }
}
