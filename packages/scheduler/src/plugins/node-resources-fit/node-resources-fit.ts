import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import type { Plugin } from '../../framework/plugin.ts'
import { fitRejection, shortagesOf } from './fit.ts'
import { formatAmount } from './format-amount.ts'

export type ScoringStrategy = 'LeastAllocated' | 'MostAllocated'

/** Places Pods where what they request is free. LeastAllocated spreads them over nodes, MostAllocated fills node after node. */
export function createNodeResourcesFit(strategy: ScoringStrategy = 'LeastAllocated'): Plugin {
  const share = strategy === 'LeastAllocated' ? freeShare : usedShare
  return {
    name: 'NodeResourcesFit',
    filter: fitRejection,
    score: ({ assumed }, node) => {
      const cpu = share(node.assumed.milliCpu + assumed.milliCpu, node.allocatable.milliCpu)
      const memory = share(node.assumed.memoryBytes + assumed.memoryBytes, node.allocatable.memoryBytes)
      if (node.allocatable.milliCpu === 0) return node.allocatable.memoryBytes === 0 ? 0 : memory
      return node.allocatable.memoryBytes === 0 ? cpu : Math.floor((cpu + memory) / 2)
    },
    canHelp: (event, pod) => {
      switch (event.type) {
        // It freed at least its place among the node's pods.
        case 'pod left':
        case 'pod shrank':
          return true
        case 'node added':
          return !fitRejection(pod, event.node)
        case 'node changed':
          return event.changes.has('allocatable') && !fitRejection(pod, event.node)
      }
    },
    explain,
  }
}

function freeShare(used: number, allocatable: number): number {
  return used > allocatable || allocatable === 0 ? 0 : Math.floor(((allocatable - used) * 100) / allocatable)
}

function usedShare(used: number, allocatable: number): number {
  return allocatable === 0 ? 0 : Math.floor((Math.min(used, allocatable) * 100) / allocatable)
}

function explain(pod: PodInfo, node: NodeInfo): string {
  return shortagesOf(pod, node)
    .map(({ resource, requested, used, allocatable }) =>
      resource === 'pods'
        ? `runs ${used} of ${allocatable} pods`
        : `needs ${formatAmount(resource, requested)}; ${formatAmount(resource, Math.max(0, allocatable - used))} free of ${formatAmount(resource, allocatable)}`,
    )
    .join(', ')
}
