import type { Resources } from '@quarterdeck/api'
import type { Sandbox } from '@quarterdeck/scheduler'

import type { NodeUse, Use } from './question.ts'

/** What is asked for on each node at one moment. */
export type NodeUses = ReadonlyMap<string, { allocatable: Use; used: Use; isCordoned: boolean }>

const nothing: Use = { milliCpu: 0, memoryBytes: 0, pods: 0 }

export function usesNow({ core }: Sandbox): NodeUses {
  return new Map(
    core.cache.nodes.map(({ name, allocatable, requested, podCount, allowedPods, node }) => [
      name,
      { allocatable: useOf(allocatable, allowedPods), used: useOf(requested, podCount), isCordoned: Boolean(node.spec.unschedulable) },
    ]),
  )
}

const useOf = ({ milliCpu, memoryBytes }: Resources, pods: number): Use => ({ milliCpu, memoryBytes, pods })

/** The nodes on which something changes, those that change most first. */
export function compareUses(before: NodeUses, after: NodeUses): NodeUse[] {
  const names = new Set([...before.keys(), ...after.keys()])
  const changed = [...names].flatMap((node): NodeUse[] => {
    const [old, now] = [before.get(node), after.get(node)]
    const isSame = old && now && JSON.stringify(old) === JSON.stringify(now)
    if (isSame) return []
    const state = !now ? 'gone' : !old ? 'new' : now.isCordoned && !old.isCordoned ? 'cordoned' : 'stays'
    return [{ node, state, allocatable: (now ?? old)?.allocatable ?? nothing, before: old?.used ?? nothing, after: now?.used ?? nothing }]
  })
  const rank = ({ state }: NodeUse): number => (state === 'stays' ? 1 : 0)
  const size = ({ before: a, after: b }: NodeUse): number => Math.abs(a.pods - b.pods)
  return changed.toSorted((a, b) => rank(a) - rank(b) || size(b) - size(a) || (a.node < b.node ? -1 : 1))
}
