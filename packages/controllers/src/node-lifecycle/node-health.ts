import type { Lease, Node, V1NodeCondition } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'

/** When a node was last heard of. */
export interface Heartbeat {
  /** What was heard: it changes with every sign of life. */
  sign: string
  /** When the sign changed, by this process's own clock: the clocks of nodes are never compared with it. */
  heardAtMs: number
}

export interface HealthOptions {
  /** Silence after which a node counts as unreachable. Default 50 s, as kube-controller-manager's node-monitor-grace-period. */
  graceMs: number
  /** As graceMs, for a node that never posted a status. Default 60 s. */
  startupGraceMs: number
}

export const defaultHealthOptions: HealthOptions = { graceMs: 50_000, startupGraceMs: 60_000 }

/** The heartbeat after looking at the node and its Lease once more. A node seen for the first time starts with a full grace period. */
export function heartbeatOf(
  node: Node,
  lease: Lease | undefined,
  { before, nowMs }: { before: Heartbeat | undefined; nowMs: number },
): Heartbeat {
  const sign = `${lease?.spec.renewTime ?? ''}|${readyOf(node)?.lastHeartbeatTime ?? ''}`
  return before?.sign === sign ? before : { sign, heardAtMs: nowMs }
}

export function readyOf(node: Node): V1NodeCondition | undefined {
  return node.status.conditions?.find((condition) => condition.type === 'Ready')
}

/** Milliseconds until the node counts as unreachable; 0 if it does. */
export function silenceLeftMs(node: Node, heartbeat: Heartbeat, { options, nowMs }: { options: HealthOptions; nowMs: number }): number {
  const graceMs = readyOf(node) ? options.graceMs : options.startupGraceMs
  return Math.max(0, heartbeat.heardAtMs + graceMs - nowMs)
}

const kubeletConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** The conditions of a node that is silent: what it said of itself is not known to hold any more. */
export function unknownConditions(node: Node, nowMs: number): V1NodeCondition[] {
  const now = timestamp(new Date(nowMs))
  const current = node.status.conditions ?? []
  const known = current.map((condition): V1NodeCondition => {
    if (!kubeletConditions.includes(condition.type) || condition.status === 'Unknown') return condition
    return {
      ...condition,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: now,
    }
  })
  const missing = kubeletConditions.filter((type) => !current.some((condition) => condition.type === type))
  return [
    ...known,
    ...missing.map((type) => ({
      type,
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime: node.metadata.creationTimestamp,
      lastTransitionTime: now,
    })),
  ]
}
