import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { amountOf } from './amount-of.ts'
import { cpuAndMemory, isSpecial, type ResourceWeight } from './weighted-resources.ts'

/** A point of a function from utilization in percent (0…100) to a score (0…10). */
export interface UtilizationShapePoint {
  utilization: number
  score: number
}

export interface ScoringStrategy {
  /** LeastAllocated spreads Pods over nodes, MostAllocated fills node after node, RequestedToCapacityRatio follows a given shape. */
  type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'
  /** Default: CPU and memory, of the same weight. */
  resources?: readonly ResourceWeight[]
  /** Of RequestedToCapacityRatio: points of rising utilization. */
  shape?: readonly UtilizationShapePoint[]
}

type Share = (used: number, allocatable: number) => number

/** 0…100: how much a node is to be preferred for a Pod by what would be used of it. */
export function createResourceScore({
  type,
  resources = cpuAndMemory,
  shape = [],
}: ScoringStrategy): (pod: PodInfo, node: NodeInfo) => number {
  if (type !== 'RequestedToCapacityRatio' && resources === cpuAndMemory)
    return type === 'MostAllocated' ? mostCpuAndMemory : leastCpuAndMemory
  const isRatio = type === 'RequestedToCapacityRatio'
  const share = isRatio ? shapedShare(shape) : type === 'MostAllocated' ? usedShare : freeShare
  return (pod, node) => {
    let total = 0
    let weights = 0
    for (const { name, weight } of resources) {
      const allocatable = amountOf(node.allocatable, name)
      if (allocatable === 0) continue
      const isCounted = !isSpecial(name)
      const requested = amountOf(isCounted ? pod.assumed : pod.requests, name)
      if (requested === 0 && !isCounted) continue
      const used = amountOf(isCounted ? node.assumed : node.requested, name) + requested
      const score = share(used, allocatable)
      if (isRatio && score <= 0) continue
      total += score * weight
      weights += weight
    }
    if (weights === 0) return 0
    return isRatio ? Math.round(total / weights) : Math.floor(total / weights)
  }
}

/** The usual case, without a look at names and weights: it is asked hundreds of times for every Pod. */
function leastCpuAndMemory({ assumed }: PodInfo, { assumed: used, allocatable }: NodeInfo): number {
  const cpu = freeShare(used.milliCpu + assumed.milliCpu, allocatable.milliCpu)
  const memory = freeShare(used.memoryBytes + assumed.memoryBytes, allocatable.memoryBytes)
  if (allocatable.milliCpu === 0) return allocatable.memoryBytes === 0 ? 0 : memory
  return allocatable.memoryBytes === 0 ? cpu : Math.floor((cpu + memory) / 2)
}

function mostCpuAndMemory({ assumed }: PodInfo, { assumed: used, allocatable }: NodeInfo): number {
  const cpu = usedShare(used.milliCpu + assumed.milliCpu, allocatable.milliCpu)
  const memory = usedShare(used.memoryBytes + assumed.memoryBytes, allocatable.memoryBytes)
  if (allocatable.milliCpu === 0) return allocatable.memoryBytes === 0 ? 0 : memory
  return allocatable.memoryBytes === 0 ? cpu : Math.floor((cpu + memory) / 2)
}

const freeShare: Share = (used, allocatable) => (used > allocatable ? 0 : Math.floor(((allocatable - used) * 100) / allocatable))

const usedShare: Share = (used, allocatable) => Math.floor((Math.min(used, allocatable) * 100) / allocatable)

/** Straight lines between the points. */
function shapedShare(shape: readonly UtilizationShapePoint[]): Share {
  const points = shape.map(({ utilization, score }) => ({ utilization, score: score * 10 }))
  return (used, allocatable) => {
    const utilization = used > allocatable ? 100 : Math.floor((used * 100) / allocatable)
    const next = points.findIndex((point) => utilization <= point.utilization)
    const after = points[next]
    const before = points[next - 1]
    if (!after) return points.at(-1)?.score ?? 0
    if (!before) return after.score
    const slope = ((after.score - before.score) * (utilization - before.utilization)) / (after.utilization - before.utilization)
    return before.score + Math.trunc(slope)
  }
}
