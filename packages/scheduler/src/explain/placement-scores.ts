import type { NodeInfo } from '../cache/node-info.ts'
import { podInfoOf, type PodInfo } from '../cache/pod-info.ts'
import { CycleState } from '../framework/cycle-state.ts'
import type { Profile } from '../framework/profile.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { FilterRun } from './filter-run.ts'

export interface PluginScore {
  plugin: string
  /** 0…100. */
  score: number
  weight: number
}

export interface NodeScore {
  node: string
  /** The sum of score × weight. */
  total: number
  scores: PluginScore[]
}

/** How a placed Pod's node compares with the others. */
export interface PlacementScores {
  pod: string
  uid: string
  node: string
  /** `now`: worked out on the cluster as it is now, without the Pod. The decision was made on the cluster as it was then. */
  basis: 'now'
  nodeCount: number
  /** Nodes that every filter accepts; all of them are scored. */
  feasible: number
  /** How many nodes each plugin is the first to reject. */
  rejected: { plugin: string; reasons: readonly string[]; nodes: number }[]
  /** Whether the Pod's node would still be accepted. */
  isFeasible: boolean
  /** Place of its node among all: 1 is the best, equal totals share a place. Undefined if it would not be accepted. */
  place?: number
  /** The Pod's node first, then the best others. */
  nodes: NodeScore[]
}

/** Other nodes that are told of. */
const mostOthers = 10

/** Scores of a Pod that has a node. The Pod is not in the sandbox any more in the end. */
export function scorePlacement(
  placed: PodInfo,
  nodeName: string,
  { sandbox, profile }: { sandbox: Sandbox; profile: Profile },
): PlacementScores {
  const { cache } = sandbox.core
  cache.removePod(placed.uid)
  const { nodeName: _bound, ...spec } = placed.pod.spec
  const pod = podInfoOf({ ...placed.pod, spec })
  const run = new FilterRun(pod, profile, cache)
  const rejected = new Map<string, PlacementScores['rejected'][number]>()
  const feasible: NodeInfo[] = []
  for (const node of cache.nodes) {
    const found = run.firstRejecting(node)
    if (!found) {
      feasible.push(node)
      continue
    }
    const { plugin, rejection } = found
    const key = `${plugin.name} ${rejection.reasons.join()}`
    const known = rejected.get(key) ?? { plugin: plugin.name, reasons: rejection.reasons, nodes: 0 }
    rejected.set(key, { ...known, nodes: known.nodes + 1 })
  }
  const scored = scoresOf(pod, feasible, { sandbox, profile }).toSorted((a, b) => b.total - a.total)
  const own = scored.find(({ node }) => node === nodeName)
  return {
    pod: placed.key,
    uid: placed.uid,
    node: nodeName,
    basis: 'now',
    nodeCount: cache.nodes.length,
    feasible: feasible.length,
    rejected: [...rejected.values()].toSorted((a, b) => b.nodes - a.nodes),
    isFeasible: own !== undefined,
    ...(own ? { place: 1 + scored.filter(({ total }) => total > own.total).length } : {}),
    nodes: [...(own ? [own] : []), ...scored.filter((score) => score !== own).slice(0, mostOthers)],
  }
}

function scoresOf(pod: PodInfo, feasible: readonly NodeInfo[], { sandbox, profile }: { sandbox: Sandbox; profile: Profile }): NodeScore[] {
  const results = feasible.map(({ name }): NodeScore => ({ node: name, total: 0, scores: [] }))
  const state = new CycleState()
  const { cache } = sandbox.core
  for (const plugin of profile.preFilter) plugin.preFilter(pod, cache, state)
  const scores = new Float64Array(feasible.length)
  for (const { plugin, weight } of profile.score) {
    if (plugin.preScore?.(pod, { snapshot: cache, feasible }, state) === 'skip') continue
    feasible.forEach((node, i) => (scores[i] = plugin.score(pod, node, state)))
    plugin.normalize?.(scores, feasible.length)
    results.forEach((result, i) => {
      const score = scores[i] ?? 0
      result.scores.push({ plugin: plugin.name, score, weight })
      result.total += score * weight
    })
  }
  return results
}
