import type { Node } from '@quarterdeck/api'
import { keyOf, keyString, type KubeObject } from '@quarterdeck/api-machinery'

import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'

export type NodeChange = 'allocatable' | 'labels' | 'taints' | 'unschedulable'

/** Kinds besides nodes and Pods on which verdicts of plugins depend. */
export type WatchedKind =
  | 'Namespace'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'StorageClass'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity'
  | 'ResourceClaim'
  | 'DeviceClass'

export interface ObjectEvent<K extends WatchedKind> {
  type: K
  /** Undefined: it is gone. */
  object: KubeObject | undefined
  /** Undefined: it is new. */
  old: KubeObject | undefined
}

/** Something that happened in the cluster and may make room for a Pod that didn't fit. `node` is as it is after the event; undefined if it isn't known. */
export type ClusterEvent =
  | { type: 'node added'; node: NodeInfo }
  | { type: 'node changed'; node: NodeInfo; old: Node; changes: ReadonlySet<NodeChange> }
  | { type: 'node removed'; node: Node }
  /** A Pod appeared on a node. */
  | { type: 'pod added'; pod: PodInfo; nodeName: string; node: NodeInfo | undefined }
  /** Labels of a Pod on a node changed. */
  | { type: 'pod relabelled'; pod: PodInfo; old: PodInfo; nodeName: string; node: NodeInfo | undefined }
  /** A Pod left its node: it ended, was deleted, or was not bound after all. */
  | { type: 'pod left'; pod: PodInfo; nodeName: string; node: NodeInfo | undefined }
  /** A Pod on a node asks for less than before. */
  | { type: 'pod shrank'; pod: PodInfo; nodeName: string; node: NodeInfo | undefined }
  /** The waiting Pod itself was changed. */
  | { type: 'pod itself'; pod: PodInfo; old: PodInfo }
  | { [K in WatchedKind]: ObjectEvent<K> }[WatchedKind]

export type ClusterEventType = ClusterEvent['type']

/**
 * Whether the event may change the plugin's mind about a Pod that it rejected. It may look at what `schedulingClassOf` covers of the
 * Pod (of a plugin that is node-local: `nodeClassOf`): Pods that are alike in that are asked about together.
 */
export type QueueingHint<E> = (event: E, pod: PodInfo) => boolean

/** A hint about objects that the Pod names: of events of others it is not asked, however many there are. */
export interface ObjectHint<E> {
  /** `namespace/name`, or `name`. Equal for Pods that are alike. */
  keysOf(pod: PodInfo): readonly string[]
  mayHelp: QueueingHint<E>
}

/** By event; of a type that is absent, no event can help. */
export type QueueingHints = {
  readonly [T in ClusterEventType]?: QueueingHint<Extract<ClusterEvent, { type: T }>> | ObjectHint<Extract<ClusterEvent, { type: T }>>
}

export const always = (): boolean => true

/** Which object an event is about, as `namespace/name` or `name`; undefined if it is about a node or a Pod. */
export function objectKeyOf(event: ClusterEvent): string | undefined {
  const object = 'object' in event ? (event.object ?? event.old) : undefined
  return object && keyString(keyOf(object))
}

export function mayHelp(hints: QueueingHints, event: ClusterEvent, pod: PodInfo): boolean {
  const hint = hints[event.type] as QueueingHint<ClusterEvent> | ObjectHint<ClusterEvent> | undefined
  if (!hint) return false
  if (typeof hint === 'function') return hint(event, pod)
  const key = objectKeyOf(event)
  return key !== undefined && hint.keysOf(pod).includes(key) && hint.mayHelp(event, pod)
}
