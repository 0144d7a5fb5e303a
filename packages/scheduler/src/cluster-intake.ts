import { isPodFinished, type Namespace, type Node, type Pod } from '@quarterdeck/api'

import { asksForLess } from './cache/asks-for-less.ts'
import { podInfoOf, type PodInfo } from './cache/pod-info.ts'
import type { SchedulerCache } from './cache/scheduler-cache.ts'
import type { ClusterEvent } from './framework/cluster-event.ts'
import { nodeChanges } from './node-changes.ts'

/** What the rest of the scheduler must know about Pods. */
export interface PendingPods {
  /** A Pod without a node was added or changed. */
  set(pod: PodInfo): void
  /** It has a node. */
  place(podUid: string): void
  /** It is gone, or has ended. */
  remove(podUid: string): void
}

export interface ClusterIntakeOptions {
  cache: SchedulerCache
  pending: PendingPods
  announce(event: ClusterEvent): void
}

/** Takes in what happens in the cluster: keeps the cache, and announces what may help Pods that wait. */
export class ClusterIntake {
  readonly #cache: SchedulerCache
  readonly #pending: PendingPods
  readonly #announce: (event: ClusterEvent) => void

  constructor({ cache, pending, announce }: ClusterIntakeOptions) {
    this.#cache = cache
    this.#pending = pending
    this.#announce = announce
  }

  setNode(node: Node, old?: Node): void {
    this.#cache.setNode(node)
    const info = this.#cache.get(node.metadata.name)
    if (!info) return
    if (!old) return this.#announce({ type: 'node added', node: info })
    const changes = nodeChanges(old, node)
    if (changes.size > 0) this.#announce({ type: 'node changed', node: info, old, changes })
  }

  removeNode(name: string): void {
    const node = this.#cache.get(name)?.node
    this.#cache.removeNode(name)
    if (node) this.#announce({ type: 'node removed', node })
  }

  /** A namespace was added or changed, or is gone: terms of Pods may name it by its labels. */
  setNamespace(namespace: Namespace, old?: Namespace | 'deleted'): void {
    const { name, labels = {} } = namespace.metadata
    const isGone = old === 'deleted'
    const before = this.#cache.namespaceLabels(name)
    if (!isGone && before && JSON.stringify(before) === JSON.stringify(labels)) return
    this.#cache.setNamespace(name, isGone ? undefined : labels)
    this.#announce({ type: 'Namespace', object: isGone ? undefined : namespace, old: isGone ? namespace : old })
  }

  /** A Pod was added or changed. */
  setPod(pod: Pod, old?: Pod): void {
    if (isPodFinished(pod)) return this.removePod(pod)
    if (pod.spec.nodeName) return this.#setPlaced(pod, pod.spec.nodeName)
    if (pod.metadata.deletionTimestamp) return this.removePod(pod)
    const info = podInfoOf(pod)
    this.#followNomination(info, old)
    this.#pending.set(info)
  }

  removePod(pod: Pod): void {
    const { uid } = pod.metadata
    this.#pending.remove(uid)
    this.clearNomination(uid)
    const known = this.#cache.podOf(uid)
    const nodeName = this.#cache.nodeOf(uid)
    this.#cache.removePod(uid)
    if (nodeName !== undefined)
      this.#announce({ type: 'pod left', pod: known ?? podInfoOf(pod), nodeName, node: this.#cache.get(nodeName) })
  }

  #setPlaced(pod: Pod, nodeName: string): void {
    const { uid } = pod.metadata
    this.#pending.place(uid)
    this.#cache.nominations.delete(uid)
    const before = this.#cache.podOf(uid)
    const isConfirmed = this.#cache.isConfirmed(uid)
    if (before && isConfirmed && isSamePlacedPod(before.pod, pod)) {
      before.pod = pod
      return
    }
    const info = podInfoOf(pod)
    this.#cache.setPod(info, nodeName)
    if (!before || !isConfirmed) return this.#announce({ type: 'pod added', pod: info, nodeName, node: this.#cache.get(nodeName) })
    this.#announce({ type: 'pod relabelled', pod: info, old: before, nodeName, node: this.#cache.get(nodeName) })
    if (asksForLess(info, before)) this.#announce({ type: 'pod shrank', pod: info, nodeName, node: this.#cache.get(nodeName) })
  }

  /** Another part, or this one before it was started again, noted where room is being made. */
  #followNomination(info: PodInfo, old: Pod | undefined): void {
    const nominated = info.pod.status.nominatedNodeName
    const changed = nominated !== old?.status.nominatedNodeName
    if (nominated && (changed || !this.#cache.nominations.nodeOf(info.uid))) this.#cache.nominations.set(info, nominated)
    else if (!nominated && changed) this.clearNomination(info.uid)
  }

  /** Takes back what was promised to a Pod; returns it if there was anything. */
  clearNomination(uid: string): PodInfo | undefined {
    const nodeName = this.#cache.nominations.nodeOf(uid)
    if (nodeName === undefined) return undefined
    const pod = this.#cache.nominations.on(nodeName).find((nominated) => nominated.uid === uid)
    this.#cache.nominations.delete(uid)
    if (pod) this.#announce({ type: 'pod left', pod, nodeName, node: this.#cache.get(nodeName) })
    return pod
  }
}

/** Most changes are of a status; what a Pod takes on its node changes with its generation, and whom it concerns with its labels. */
function isSamePlacedPod(a: Pod, b: Pod): boolean {
  return (
    a.metadata.generation === b.metadata.generation &&
    a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
    (a.metadata.labels === b.metadata.labels || JSON.stringify(a.metadata.labels) === JSON.stringify(b.metadata.labels))
  )
}
