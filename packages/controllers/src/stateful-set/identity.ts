import type { Pod, StatefulSet } from '@quarterdeck/api'

import { revisionHashLabel } from '../history/history.ts'

const podNameLabel = 'statefulset.kubernetes.io/pod-name'
const podIndexLabel = 'apps.kubernetes.io/pod-index'

/** What each pod of a set keeps for as long as it is of the set. */
export function podNameOf(set: StatefulSet, ordinal: number): string {
  return `${set.metadata.name}-${ordinal}`
}

/** The ordinal in a name; undefined if it is not the name of a pod of the set. */
export function ordinalIn(setName: string, podName: string): number | undefined {
  const text = podName.startsWith(`${setName}-`) ? podName.slice(setName.length + 1) : ''
  return /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : undefined
}

export function ordinalOf(set: StatefulSet, pod: Pod): number {
  return ordinalIn(set.metadata.name, pod.metadata.name) ?? -1
}

export function startOf({ spec }: StatefulSet): number {
  return spec.ordinals?.start ?? 0
}

/** Whether the set wants a pod of this ordinal. */
export function isInRange(set: StatefulSet, ordinal: number): boolean {
  return ordinal >= startOf(set) && ordinal < startOf(set) + (set.spec.replicas ?? 1)
}

export function revisionNameOf(pod: Pod): string | undefined {
  return pod.metadata.labels?.[revisionHashLabel]
}

export function identityLabels(set: StatefulSet, ordinal: number): Record<string, string> {
  return { [podNameLabel]: podNameOf(set, ordinal), [podIndexLabel]: String(ordinal) }
}

export function hasIdentity(set: StatefulSet, pod: Pod): boolean {
  return Object.entries(identityLabels(set, ordinalOf(set, pod))).every(([key, value]) => pod.metadata.labels?.[key] === value)
}
