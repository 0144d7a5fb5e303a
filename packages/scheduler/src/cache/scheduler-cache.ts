import type { Node } from '@quarterdeck/api'

import { CachedNode, type NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'

/**
 * What a scheduling cycle reads. A cycle runs without interruption and the cache only changes between cycles, so that a cycle sees
 * one consistent state without copying it (docs/adr/0004-control.md).
 */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[]
  get(nodeName: string): NodeInfo | undefined
  /** Nodes that have an image, and of how many. */
  imageNodes(image: string): number
  readonly hasSoftTaints: boolean
}

/** Nodes and the Pods on them, with those just placed whose binding isn't visible yet ("assumed"). */
export class SchedulerCache implements Snapshot {
  readonly #nodes = new Map<string, CachedNode>()
  #list: CachedNode[] = []
  /** Where each Pod is, by uid. */
  readonly #places = new Map<string, string>()
  readonly #assumed = new Set<string>()
  /** Pods on nodes that are not known, or not any more: they count again when the node comes. */
  readonly #homeless = new Map<string, Map<string, PodInfo>>()
  readonly #imageNodes = new Map<string, number>()
  #softlyTainted = 0

  get nodes(): readonly NodeInfo[] {
    return this.#list
  }

  get hasSoftTaints(): boolean {
    return this.#softlyTainted > 0
  }

  get assumedPods(): number {
    return this.#assumed.size
  }

  get(nodeName: string): NodeInfo | undefined {
    return this.#nodes.get(nodeName)
  }

  imageNodes(image: string): number {
    return this.#imageNodes.get(image) ?? 0
  }

  setNode(node: Node): void {
    const name = node.metadata.name
    const known = this.#nodes.get(name)
    if (known) {
      this.#count(known, -1)
      known.setNode(node)
      this.#count(known, 1)
      return
    }
    const added = new CachedNode(node)
    for (const pod of this.#homeless.get(name)?.values() ?? []) added.add(pod)
    this.#homeless.delete(name)
    this.#nodes.set(name, added)
    this.#list.push(added)
    this.#count(added, 1)
  }

  removeNode(name: string): void {
    const known = this.#nodes.get(name)
    if (!known) return
    this.#count(known, -1)
    this.#nodes.delete(name)
    this.#list = this.#list.filter((node) => node !== known)
    if (known.pods.size > 0) this.#homeless.set(name, new Map(known.pods))
  }

  /** A Pod that the server shows on a node; confirms what was assumed. */
  setPod(pod: PodInfo, nodeName: string): void {
    this.removePod(pod.uid)
    this.#places.set(pod.uid, nodeName)
    const node = this.#nodes.get(nodeName)
    if (node) return node.add(pod)
    const waiting = this.#homeless.get(nodeName)
    if (waiting) waiting.set(pod.uid, pod)
    else this.#homeless.set(nodeName, new Map([[pod.uid, pod]]))
  }

  /** Counts a Pod as placed before its binding is stored. */
  assume(pod: PodInfo, nodeName: string): void {
    this.setPod(pod, nodeName)
    this.#assumed.add(pod.uid)
  }

  /** Takes back what was assumed; a Pod that the server has shown since stays. */
  forget(uid: string): void {
    if (this.#assumed.has(uid)) this.removePod(uid)
  }

  /** The node a Pod is on, or assumed to be on. */
  nodeOf(uid: string): string | undefined {
    return this.#places.get(uid)
  }

  /** Whether the server showed the Pod on its node. */
  isConfirmed(uid: string): boolean {
    return this.#places.has(uid) && !this.#assumed.has(uid)
  }

  removePod(uid: string): void {
    this.#assumed.delete(uid)
    const nodeName = this.#places.get(uid)
    if (nodeName === undefined) return
    this.#places.delete(uid)
    this.#nodes.get(nodeName)?.remove(uid)
    const waiting = this.#homeless.get(nodeName)
    waiting?.delete(uid)
    if (waiting?.size === 0) this.#homeless.delete(nodeName)
  }

  #count(node: CachedNode, sign: 1 | -1): void {
    if (node.softTaints.length > 0) this.#softlyTainted += sign
    for (const image of node.imageBytes.keys()) {
      const count = (this.#imageNodes.get(image) ?? 0) + sign
      if (count > 0) this.#imageNodes.set(image, count)
      else this.#imageNodes.delete(image)
    }
  }
}
