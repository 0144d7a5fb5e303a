import type { Node, Pod } from '@quarterdeck/api'

import { hasEnded, isTerminating } from '../pods/pod-state.ts'

/** Why a Pod is deleted that no one else will delete. */
export type GarbageReason = 'ended' | 'node no longer exists' | 'node is out of service' | 'terminating, never scheduled'

export interface Garbage {
  pod: Pod
  reason: GarbageReason
}

export interface PodGarbageInput {
  pods: readonly Pod[]
  nodes: ReadonlyMap<string, Node>
  /** Nodes that have been missing for a while. */
  missingNodes: ReadonlySet<string>
  /** Ended Pods that are kept. */
  terminatedThreshold: number
}

const outOfServiceTaint = 'node.kubernetes.io/out-of-service'

/** Pods to delete by force. No I/O. */
export function planPodGarbage({ pods, nodes, missingNodes, terminatedThreshold }: PodGarbageInput): Garbage[] {
  const garbage: Garbage[] = []
  const ended = pods.filter((pod) => hasEnded(pod) && !isTerminating(pod))
  for (const pod of ended.toSorted(evictedThenOldest).slice(0, Math.max(0, ended.length - terminatedThreshold))) {
    garbage.push({ pod, reason: 'ended' })
  }
  for (const pod of pods) {
    const { nodeName } = pod.spec
    if (nodeName && missingNodes.has(nodeName)) garbage.push({ pod, reason: 'node no longer exists' })
    else if (isTerminating(pod) && !nodeName) garbage.push({ pod, reason: 'terminating, never scheduled' })
    else if (isTerminating(pod) && isOutOfService(nodes.get(nodeName ?? ''))) garbage.push({ pod, reason: 'node is out of service' })
  }
  return garbage
}

/** The names of nodes that Pods are assigned to and that are not there. */
export function absentNodes(pods: readonly Pod[], nodes: ReadonlyMap<string, Node>): Set<string> {
  return new Set(pods.map((pod) => pod.spec.nodeName ?? '').filter((name) => name !== '' && !nodes.has(name)))
}

function isOutOfService(node: Node | undefined): boolean {
  const isTainted = node?.spec.taints?.some((taint) => taint.key === outOfServiceTaint) ?? false
  return isTainted && node?.status.conditions?.find((condition) => condition.type === 'Ready')?.status !== 'True'
}

const evictedThenOldest = (a: Pod, b: Pod): number =>
  Number(b.status.reason === 'Evicted') - Number(a.status.reason === 'Evicted') ||
  Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp)
