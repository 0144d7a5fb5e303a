import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { rejection, unresolvable, type Rejection } from '../../framework/rejection.ts'

/** One thing a node has too little of. */
export interface Shortage {
  resource: string
  requested: number
  used: number
  allocatable: number
}

const tooManyPods = 1
const lacksCpu = 2
const lacksMemory = 4
const lacksEphemeralStorage = 8
/** The node would be too small even if it were empty. */
const tooSmall = 16

const combinations: readonly Rejection[] = Array.from({ length: 32 }, (_, mask) => {
  const reasons = [
    ...(mask & tooManyPods ? ['Too many pods'] : []),
    ...(mask & lacksCpu ? ['Insufficient cpu'] : []),
    ...(mask & lacksMemory ? ['Insufficient memory'] : []),
    ...(mask & lacksEphemeralStorage ? ['Insufficient ephemeral-storage'] : []),
  ]
  return mask & tooSmall ? unresolvable(...reasons) : rejection(...reasons)
})

/**
 * Why the node has no room for the Pod; undefined if it has. The loop's most frequent question: it allocates nothing, as long as
 * only the usual resources are asked for.
 */
export function fitRejection(pod: PodInfo, node: NodeInfo, isIgnored?: (resource: string) => boolean): Rejection | undefined {
  const { requests } = pod
  const { allocatable, requested } = node
  if (requests.scalar) return slowRejection(shortagesOf(pod, node, isIgnored))
  let mask = node.podCount >= node.allowedPods ? tooManyPods : 0
  if (requests.milliCpu > 0 && requests.milliCpu > allocatable.milliCpu - requested.milliCpu) {
    mask |= requests.milliCpu > allocatable.milliCpu ? lacksCpu | tooSmall : lacksCpu
  }
  if (requests.memoryBytes > 0 && requests.memoryBytes > allocatable.memoryBytes - requested.memoryBytes) {
    mask |= requests.memoryBytes > allocatable.memoryBytes ? lacksMemory | tooSmall : lacksMemory
  }
  const { ephemeralStorageBytes } = requests
  if (ephemeralStorageBytes > 0 && ephemeralStorageBytes > allocatable.ephemeralStorageBytes - requested.ephemeralStorageBytes) {
    mask |= ephemeralStorageBytes > allocatable.ephemeralStorageBytes ? lacksEphemeralStorage | tooSmall : lacksEphemeralStorage
  }
  return mask === 0 ? undefined : combinations[mask]
}

/** Everything the node has too little of for the Pod, in the order in which Kubernetes names it. `isIgnored`: resources that others look after. */
export function shortagesOf(pod: PodInfo, node: NodeInfo, isIgnored: (resource: string) => boolean = () => false): Shortage[] {
  const { requests } = pod
  const { allocatable, requested } = node
  const candidates: Shortage[] = [
    { resource: 'pods', requested: 1, used: node.podCount, allocatable: node.allowedPods },
    { resource: 'cpu', requested: requests.milliCpu, used: requested.milliCpu, allocatable: allocatable.milliCpu },
    { resource: 'memory', requested: requests.memoryBytes, used: requested.memoryBytes, allocatable: allocatable.memoryBytes },
    {
      resource: 'ephemeral-storage',
      requested: requests.ephemeralStorageBytes,
      used: requested.ephemeralStorageBytes,
      allocatable: allocatable.ephemeralStorageBytes,
    },
    ...[...(requests.scalar ?? [])]
      .filter(([resource]) => !isIgnored(resource))
      .map(([resource, amount]) => ({
        resource,
        requested: amount,
        used: requested.scalar?.get(resource) ?? 0,
        allocatable: allocatable.scalar?.get(resource) ?? 0,
      })),
  ]
  return candidates.filter((shortage) => shortage.requested > 0 && shortage.requested > shortage.allocatable - shortage.used)
}

const reasonOf = ({ resource }: Shortage): string => (resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`)

/** Rejections with other resources: few, for many nodes. */
const known = new Map<string, Rejection>()
const mostKnown = 1000

function slowRejection(shortages: readonly Shortage[]): Rejection | undefined {
  if (shortages.length === 0) return undefined
  const reasons = shortages.map(reasonOf)
  const isUnresolvable = shortages.some(({ requested, allocatable }) => requested > allocatable)
  const id = `${isUnresolvable} ${reasons.join()}`
  const found = known.get(id)
  if (found) return found
  const made = isUnresolvable ? unresolvable(...reasons) : rejection(...reasons)
  if (known.size < mostKnown) known.set(id, made)
  return made
}
