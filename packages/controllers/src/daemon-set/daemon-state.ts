import { resolveCount, type DaemonSet, type Node, type Pod } from '@quarterdeck/api'

import { hasEnded, isAvailable, isTerminating } from '../pods/pod-state.ts'
import { fitsNode, type Fit } from './fits-node.ts'
import { hashOf, nodeOf } from './pod-of-daemon-set.ts'

/** A daemon as it is: its nodes, and its pods by the node they are for. */
export interface DaemonState {
  daemonSet: DaemonSet
  nodes: readonly { name: string; fit: Fit }[]
  /** Oldest first, those on nodes before those that wait for one. */
  podsByNode: ReadonlyMap<string, readonly Pod[]>
  isUpdated(pod: Pod): boolean
  isAvailable(pod: Pod): boolean
  nowMs: number
}

export interface Observed {
  daemonSet: DaemonSet
  nodes: readonly Node[]
  /** Those it owns. */
  pods: readonly Pod[]
  /** Hashes of the revisions that have the present template. */
  hashes: ReadonlySet<string>
  nowMs: number
}

export function daemonStateOf({ daemonSet, nodes, pods, hashes, nowMs }: Observed): DaemonState {
  const fitOf = fitsNode(daemonSet)
  const minReadySeconds = daemonSet.spec.minReadySeconds ?? 0
  return {
    daemonSet,
    nodes: nodes.map((node) => ({ name: node.metadata.name, fit: fitOf(node) })),
    podsByNode: groupByNode(pods),
    isUpdated: (pod) => hashes.has(hashOf(pod) ?? ''),
    isAvailable: (pod) => isAvailable(pod, minReadySeconds, nowMs),
    nowMs,
  }
}

function groupByNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>()
  for (const pod of pods) {
    const node = nodeOf(pod)
    // One that ended and is being deleted only waits for its removal.
    if (node === undefined || (hasEnded(pod) && isTerminating(pod))) continue
    const found = byNode.get(node)
    if (found) found.push(pod)
    else byNode.set(node, [pod])
  }
  for (const found of byNode.values()) if (found.length > 1) found.sort(compareAge)
  return byNode
}

function compareAge(a: Pod, b: Pod): number {
  return (
    Number(!a.spec.nodeName) - Number(!b.spec.nodeName) ||
    Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp) ||
    (a.metadata.name < b.metadata.name ? -1 : 1)
  )
}

/** How many nodes a rolling update may have without a pod, or with two of them; percentages of `desired` round up. */
export function rollingLimitsOf({ spec }: DaemonSet, desired: number): { maxSurge: number; maxUnavailable: number } {
  const { type, rollingUpdate } = spec.updateStrategy ?? {}
  if (type !== 'RollingUpdate') return { maxSurge: 0, maxUnavailable: 0 }
  const maxSurge = resolveCount(rollingUpdate?.maxSurge ?? 0, desired, Math.ceil)
  const maxUnavailable = resolveCount(rollingUpdate?.maxUnavailable ?? 1, desired, Math.ceil)
  return { maxSurge, maxUnavailable: maxSurge === 0 ? Math.max(1, maxUnavailable) : maxUnavailable }
}

export const allowsSurge = (daemonSet: DaemonSet): boolean => rollingLimitsOf(daemonSet, 1).maxSurge > 0
