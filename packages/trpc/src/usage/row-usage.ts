import { nodes, pods, type Kind, type Node, type Pod } from '@quarterdeck/api'
import { milliValueOf, valueOf } from '@quarterdeck/api-machinery'

import type { Row } from '../live/row.ts'
import type { Usage, UsageBoard } from './usage-board.ts'

/** What a row's use is measured against: what it asked for, and what it may use at most (of a node: has). */
export interface UsageBounds {
  requested: Usage
  /** 0 where there is no limit. */
  limit: Usage
}

/** The columns of what is used now. */
export const usageColumns: Readonly<Record<string, keyof Usage>> = { CPU: 'cpuMillis', Memory: 'memoryBytes' }

export function hasUsage({ resource }: Pick<Kind, 'resource'>): boolean {
  return resource === pods.resource || resource === nodes.resource
}

export function usageOfRow(board: UsageBoard, row: Row): Usage | undefined {
  return row.kind.resource === nodes.resource ? board.ofNode(row.name) : board.ofPod(row.stored.uid)
}

const known = new WeakMap<Row, UsageBounds>()

export function usageBoundsOf(row: Row): UsageBounds {
  let bounds = known.get(row)
  if (!bounds) known.set(row, (bounds = row.kind.resource === nodes.resource ? ofNode(row.object as Node) : ofPod(row.object as Pod)))
  return bounds
}

const nothing: Usage = { cpuMillis: 0, memoryBytes: 0 }

function ofNode({ status }: Node): UsageBounds {
  const { allocatable } = status ?? {}
  return { requested: nothing, limit: { cpuMillis: milliValueOf(allocatable?.['cpu']), memoryBytes: valueOf(allocatable?.['memory']) } }
}

/** A pod has a limit if all its containers have one. */
function ofPod({ spec }: Pod): UsageBounds {
  const sum = (of: 'requests' | 'limits', name: string, read: (text: string | undefined) => number): number => {
    const amounts = spec.containers.map(({ resources }) => read(resources?.[of]?.[name]))
    return of === 'limits' && amounts.includes(0) ? 0 : amounts.reduce((total, amount) => total + amount, 0)
  }
  return {
    requested: { cpuMillis: sum('requests', 'cpu', milliValueOf), memoryBytes: sum('requests', 'memory', valueOf) },
    limit: { cpuMillis: sum('limits', 'cpu', milliValueOf), memoryBytes: sum('limits', 'memory', valueOf) },
  }
}
