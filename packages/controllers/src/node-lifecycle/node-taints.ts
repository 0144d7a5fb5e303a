import type { Node, V1Taint } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'

import { readyOf } from './node-health.ts'

export const notReadyTaint = 'node.kubernetes.io/not-ready'
export const unreachableTaint = 'node.kubernetes.io/unreachable'

/** Taint key and the condition status that sets it, by condition. */
const taintOfCondition: Record<string, Record<string, string>> = {
  Ready: { False: notReadyTaint, Unknown: unreachableTaint },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
}
const unschedulableTaint = 'node.kubernetes.io/unschedulable'

const managed = new Set([...Object.values(taintOfCondition).flatMap((keys) => Object.values(keys)), unschedulableTaint])

export type Eviction = 'allowed' | 'not allowed'

/**
 * The taints a node's conditions ask for, with those of others left as they are. NoExecute taints evict Pods: they are only
 * added when eviction is allowed, and taken away when it is not.
 */
export function taintsOf(node: Node, eviction: Eviction, nowMs: number): V1Taint[] {
  const current = node.spec.taints ?? []
  const timeAdded = timestamp(new Date(nowMs))
  const wanted = [...noScheduleTaints(node), ...noExecuteTaints(node, eviction, current)].map((taint): V1Taint => {
    return current.find((known) => isSame(known, taint)) ?? { ...taint, timeAdded }
  })
  const foreign = current.filter((taint) => !isManaged(taint))
  return [...foreign, ...wanted]
}

export function haveSameTaints(a: readonly V1Taint[], b: readonly V1Taint[]): boolean {
  return a.length === b.length && a.every((taint) => b.some((other) => isSame(taint, other)))
}

function noScheduleTaints(node: Node): V1Taint[] {
  const keys = (node.status.conditions ?? []).flatMap(({ type, status }) => taintOfCondition[type]?.[status] ?? [])
  if (node.spec.unschedulable) keys.push(unschedulableTaint)
  // A node that has not said anything yet is not ready.
  if (!readyOf(node)) keys.push(notReadyTaint)
  return keys.map((key) => ({ key, effect: 'NoSchedule' }))
}

function noExecuteTaints(node: Node, eviction: Eviction, current: readonly V1Taint[]): V1Taint[] {
  const status = readyOf(node)?.status
  const key = status === undefined ? undefined : taintOfCondition['Ready']?.[status]
  if (!key || eviction === 'not allowed') return []
  // Going from one reason to the other (not ready, unreachable) is no new beginning for the Pods that count the seconds.
  const previous = current.find((taint) => taint.effect === 'NoExecute' && (taint.key === notReadyTaint || taint.key === unreachableTaint))
  return [{ key, effect: 'NoExecute', ...(previous?.timeAdded ? { timeAdded: previous.timeAdded } : {}) }]
}

const isManaged = ({ key, effect }: V1Taint): boolean =>
  managed.has(key) && (effect === 'NoSchedule' || (effect === 'NoExecute' && (key === notReadyTaint || key === unreachableTaint)))

const isSame = (a: V1Taint, b: V1Taint): boolean => a.key === b.key && a.effect === b.effect && (a.value ?? '') === (b.value ?? '')
