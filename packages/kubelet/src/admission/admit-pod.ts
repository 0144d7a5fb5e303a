import {
  addResources,
  matchesNodeAffinity,
  noResources,
  parseResources,
  podRequests,
  tolerates,
  type Node,
  type Pod,
  type Resources,
  type V1ContainerPort,
} from '@quarterdeck/api'
import { valueOf } from '@quarterdeck/api-machinery'

/** Why a pod that was put on this node is not run on it: its status then has this reason and message. */
export interface Rejection {
  reason: string
  message: string
}

/**
 * What a node checks itself of a pod that is new to it, whoever put it there: room, node affinity, host ports and
 * NoExecute taints, in this order and worded as a kubelet does. `others` are the pods it has taken that have not ended.
 */
export function admitPod(pod: Pod, node: Node, others: readonly Pod[]): Rejection | undefined {
  if (pod.spec.os && pod.spec.os.name !== 'linux')
    return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" }
  return (
    lackOf(pod, node, others) ??
    (matchesNodeAffinity(pod.spec, node) ? undefined : failed('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")) ??
    (hasPortConflict(pod, others) ? failed('NodePorts', "node(s) didn't have free ports for the requested pod ports") : undefined) ??
    (isTainted(pod, node) ? failed('TaintToleration', "node(s) had taints that the pod didn't tolerate") : undefined)
  )
}

const failed = (predicate: string, why: string): Rejection => ({ reason: predicate, message: `Predicate ${predicate} failed: ${why}` })

function lackOf(pod: Pod, node: Node, others: readonly Pod[]): Rejection | undefined {
  const allocatable = node.status?.allocatable ?? {}
  const capacity = parseResources(allocatable)
  const wanted = podRequests(pod)
  const used = noResources()
  for (const other of others) addResources(used, podRequests(other))
  const maxPods = allocatable['pods'] === undefined ? Infinity : valueOf(allocatable['pods'])
  if (others.length + 1 > maxPods) return lack('pods', { requested: 1, used: others.length, capacity: maxPods })
  for (const [name, of] of amounts) {
    const amount = { requested: of(wanted), used: of(used), capacity: of(capacity) }
    if (isLacking(amount)) return lack(name, amount)
  }
  for (const [name, requested] of wanted.scalar ?? []) {
    // What the node does not know may be given out by the cluster.
    const total = capacity.scalar?.get(name)
    if (total === undefined) continue
    const amount = { requested, used: used.scalar?.get(name) ?? 0, capacity: total }
    if (isLacking(amount)) return lack(name, amount)
  }
  return undefined
}

const amounts: readonly [name: string, of: (resources: Resources) => number][] = [
  ['cpu', (resources) => resources.milliCpu],
  ['memory', (resources) => resources.memoryBytes],
  ['ephemeral-storage', (resources) => resources.ephemeralStorageBytes],
]

interface Amount {
  requested: number
  used: number
  capacity: number
}

const isLacking = ({ requested, used, capacity }: Amount): boolean => requested > 0 && requested > capacity - used

const lack = (name: string, { requested, used, capacity }: Amount): Rejection => ({
  reason: `OutOf${name}`,
  message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
})

const anyAddress = '0.0.0.0'

const hostPortsOf = ({ spec }: Pod): V1ContainerPort[] =>
  [...spec.containers, ...(spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')].flatMap((c) =>
    (c.ports ?? []).filter((port) => port.hostPort),
  )

function hasPortConflict(pod: Pod, others: readonly Pod[]): boolean {
  const wanted = hostPortsOf(pod)
  return wanted.length > 0 && others.some((other) => hostPortsOf(other).some((taken) => wanted.some((port) => clash(port, taken))))
}

function clash(a: V1ContainerPort, b: V1ContainerPort): boolean {
  const [ipA, ipB] = [a.hostIP || anyAddress, b.hostIP || anyAddress]
  if (a.hostPort !== b.hostPort || (a.protocol ?? 'TCP') !== (b.protocol ?? 'TCP')) return false
  return ipA === ipB || ipA === anyAddress || ipB === anyAddress
}

const isTainted = ({ spec }: Pod, node: Node): boolean =>
  (node.spec.taints ?? []).some((taint) => taint.effect === 'NoExecute' && !(spec.tolerations ?? []).some((t) => tolerates(t, taint)))
