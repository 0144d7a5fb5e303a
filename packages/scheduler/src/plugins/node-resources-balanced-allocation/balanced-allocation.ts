import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import type { Plugin } from '../../framework/plugin.ts'
import { amountOf } from '../node-resources-fit/amount-of.ts'
import { cpuAndMemory, isSpecial, type ResourceWeight } from '../node-resources-fit/weighted-resources.ts'

/** Prefers nodes on which the resources would be used more evenly than before. `resources`: default CPU and memory. */
export function createBalancedAllocation(resources: readonly ResourceWeight[] = cpuAndMemory): Plugin {
  const names = resources.map(({ name }) => name)
  const of = isCpuAndMemory(names) ? cpuMemoryBalance : (pod: PodInfo, node: NodeInfo, withPod: 0 | 1) => balance(names, pod, node, withPod)
  return {
    name: 'NodeResourcesBalancedAllocation',
    preScore: ({ requests }) => (names.every((name) => amountOf(requests, name) === 0) ? 'skip' : undefined),
    score: (pod, node) => {
      const gained = of(pod, node, 1) - of(pod, node, 0)
      return 50 + Math.trunc((50 + gained) / 2)
    },
  }
}

const isCpuAndMemory = ([first, second, third]: readonly string[]): boolean => first === 'cpu' && second === 'memory' && third === undefined

/** As balance, of the usual two: the standard deviation of two shares is half their difference. */
function cpuMemoryBalance({ requests }: PodInfo, { allocatable, requested }: NodeInfo, withPod: 0 | 1): number {
  if (allocatable.milliCpu === 0 || allocatable.memoryBytes === 0) return 100
  const cpu = Math.min(1, (requested.milliCpu + requests.milliCpu * withPod) / allocatable.milliCpu)
  const memory = Math.min(1, (requested.memoryBytes + requests.memoryBytes * withPod) / allocatable.memoryBytes)
  return Math.trunc((1 - Math.abs(cpu - memory) / 2) * 100)
}

/** 50…100, the more alike the used shares of the resources are; with the Pod (1) or without it (0). */
function balance(names: readonly string[], { requests }: PodInfo, { allocatable, requested }: NodeInfo, withPod: 0 | 1): number {
  let count = 0
  let sum = 0
  let squares = 0
  for (const name of names) {
    const available = amountOf(allocatable, name)
    const asked = amountOf(requests, name)
    if (available === 0 || (asked === 0 && isSpecial(name))) continue
    const share = Math.min(1, (amountOf(requested, name) + asked * withPod) / available)
    count++
    sum += share
    squares += share * share
  }
  if (count < 2) return 100
  const mean = sum / count
  return Math.trunc((1 - Math.sqrt(Math.max(0, squares / count - mean * mean))) * 100)
}
