import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'
import type { Profile } from '../framework/profile.ts'
import { FilterRun } from './filter-run.ts'

/** What one plugin has against one node. */
export interface Verdict {
  plugin: string
  /** As in the FailedScheduling event. */
  reasons: readonly string[]
  /** With figures and names: `needs 2 CPU; 1.4 CPU free of 4 CPU`. */
  detail: string
}

export interface NodeVerdict {
  node: string
  /** Of every plugin that rejects the node, not only of the first; empty: the Pod would fit there now. */
  rejections: Verdict[]
}

/** Which nodes to tell about. */
export interface VerdictPage {
  /** Default 0. */
  offset?: number | undefined
  /** Default and most: `mostNodes`. */
  limit?: number | undefined
  /** Only nodes whose name contains this. */
  search?: string | undefined
  /** Only nodes that this plugin rejects. */
  plugin?: string | undefined
}

export interface NodeVerdicts {
  /** How many nodes match, on all pages. */
  matching: number
  nodes: NodeVerdict[]
}

/** Nodes in one answer. */
export const mostNodes = 200

/** What every filter says of the nodes as they are now. */
export function explainNodes(pod: PodInfo, profile: Profile, { snapshot, page = {} }: ExplainOptions): NodeVerdicts {
  const { search = '', plugin } = page
  const offset = Math.max(0, page.offset ?? 0)
  const limit = Math.min(mostNodes, Math.max(0, page.limit ?? mostNodes))
  const run = new FilterRun(pod, profile, snapshot)
  const named = search === '' ? snapshot.nodes : snapshot.nodes.filter(({ name }) => name.includes(search))
  const matching = plugin === undefined ? named : named.filter((node) => run.allRejecting(node).some((r) => r.plugin.name === plugin))
  const verdictOf = (node: NodeInfo): NodeVerdict => ({
    node: node.name,
    rejections: run.allRejecting(node).map((rejected) => ({
      plugin: rejected.plugin.name,
      reasons: rejected.rejection.reasons,
      detail: rejected === run.refusal ? '' : (rejected.plugin.explain?.(pod, node, run.state) ?? ''),
    })),
  })
  return { matching: matching.length, nodes: matching.slice(offset, offset + limit).map(verdictOf) }
}

export interface ExplainOptions {
  snapshot: Snapshot
  page?: VerdictPage | undefined
}
