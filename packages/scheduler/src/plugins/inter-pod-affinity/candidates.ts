import type { NodeInfo } from '../../cache/node-info.ts'
import type { Snapshot } from '../../cache/scheduler-cache.ts'
import type { Candidates } from '../../framework/plugin.ts'
import type { AffinityState, CountedTerm } from './affinity-state.ts'

/** With more domains than this all nodes are looked at: to gather them would cost as much. */
const fewDomains = 32

/** The nodes of the few domains that have Pods which the Pod must be near to. */
export function affinityCandidates(state: AffinityState | undefined, snapshot: Snapshot): Candidates | undefined {
  let fewest: Candidates | undefined
  for (const counted of state?.affinity ?? []) {
    const nodes = nodesNear(counted, snapshot)
    if (nodes && nodes.size < (fewest?.size ?? Infinity)) fewest = nodes
  }
  return fewest
}

function nodesNear({ term: { topologyKey }, tally }: CountedTerm, snapshot: Snapshot): Candidates | undefined {
  // Without any such Pod the rule of the first may hold, on any node.
  if (tally.total === 0) return undefined
  const values: string[] = []
  for (const [value, { pods }] of tally.domains()) {
    if (pods > 0) values.push(value)
    if (values.length > fewDomains) return undefined
  }
  const [only] = values
  if (only !== undefined && values.length === 1) return snapshot.nodesWith(topologyKey, only)
  const nodes = new Set<NodeInfo>()
  for (const value of values) for (const node of snapshot.nodesWith(topologyKey, value)) nodes.add(node)
  return nodes
}
