import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import type { Plugin } from '../../framework/plugin.ts'

/** Prefers nodes on which CPU and memory would be used to the same degree. */
export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  preScore: ({ requests }) => (requests.milliCpu === 0 && requests.memoryBytes === 0 ? 'skip' : undefined),
  score,
}

/** The standard deviation of two fractions is half their difference. */
function score({ requests }: PodInfo, { requested, allocatable }: NodeInfo): number {
  if (allocatable.milliCpu === 0 || allocatable.memoryBytes === 0) return 100
  const cpu = Math.min(1, (requested.milliCpu + requests.milliCpu) / allocatable.milliCpu)
  const memory = Math.min(1, (requested.memoryBytes + requests.memoryBytes) / allocatable.memoryBytes)
  return Math.floor((1 - Math.abs(cpu - memory) / 2) * 100)
}
