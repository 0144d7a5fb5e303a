import type { Node } from '@quarterdeck/api'
import type { Labels } from '@quarterdeck/api-machinery'

import { ChangeJournal } from './change-journal.ts'
import { HeldTerms } from './held-terms.ts'
import { CachedNode, type NodeInfo } from './node-info.ts'
import { NodeLabelIndex } from './node-label-index.ts'
import { Nominations } from './nominations.ts'
import type { PodInfo } from './pod-info.ts'
import { Tallies } from './tallies.ts'
import type { Tally, TallySpec } from './tally.ts'

/**
 * What a scheduling cycle reads. A cycle runs without interruption and the cache only changes between cycles, so that a cycle sees
 * one consistent state without copying it (docs/adr/0004-control.md).
 */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[]
  get(nodeName: string): NodeInfo | undefined
  /** Nodes that have a label with this value. */
  nodesWith(label: string, value: string): ReadonlySet<NodeInfo>
  /** Nodes that have an image, and of how many. */
  imageNodes(image: string): number
  readonly hasSoftTaints: boolean
  /** Labels of a namespace; undefined if it isn't known. */
  namespaceLabels(namespace: string): Labels | undefined
  /** How many Pods on nodes use a claim. */
  claimUsers(namespace: string, claimName: string): number
  /** Pods by topology domain. The first time they are counted, then kept up to date. */
  tally(spec: TallySpec): Tally
  /** What Pods on nodes want of Pods to come. */
  readonly heldTerms: Pick<HeldTerms, 'against' | 'requiring' | 'preferring'>
  /** Nodes that changed, or whose Pods did, one after the other. */
  readonly changes: Pick<ChangeJournal<NodeInfo>, 'next' | 'since'>
  /** Pods that wait for room made on a node. */
  readonly nominations: Pick<Nominations, 'on' | 'nodeOf' | 'size'>
}

/** Nodes and the Pods on them, with those just placed whose binding isn't visible yet ("assumed"). */
export class SchedulerCache implements Snapshot {
  readonly nominations = new Nominations((nodeName) => this.#onNomination(nodeName))
  readonly changes = new ChangeJournal<NodeInfo>()
  readonly heldTerms: HeldTerms
  readonly #nodes = new Map<string, CachedNode>()
  readonly #tallies: Tallies
  readonly #labelIndex: NodeLabelIndex
  readonly #namespaces = new Map<string, Labels>()
  #list: CachedNode[] = []
  /** Where each Pod is, by uid. */
  readonly #places = new Map<string, string>()
  readonly #assumed = new Set<string>()
  /** Pods on nodes that are not known, or not any more: they count again when the node comes. */
  readonly #homeless = new Map<string, Map<string, PodInfo>>()
  readonly #imageNodes = new Map<string, number>()
  readonly #claimUsers = new Map<string, number>()
  #softlyTainted = 0

  constructor() {
    const labelsOf = (namespace: string): Labels | undefined => this.#namespaces.get(namespace)
    this.heldTerms = new HeldTerms(labelsOf)
    this.#tallies = new Tallies(labelsOf, () => this.#list)
    this.#labelIndex = new NodeLabelIndex(() => this.#list)
  }

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

  nodesWith(label: string, value: string): ReadonlySet<NodeInfo> {
    return this.#labelIndex.get(label, value)
  }

  imageNodes(image: string): number {
    return this.#imageNodes.get(image) ?? 0
  }

  namespaceLabels(namespace: string): Labels | undefined {
    return this.#namespaces.get(namespace)
  }

  tally(spec: TallySpec): Tally {
    return this.#tallies.of(spec)
  }

  claimUsers(namespace: string, claimName: string): number {
    return this.#claimUsers.get(`${namespace}/${claimName}`) ?? 0
  }

  /** Undefined labels: the namespace is gone. */
  setNamespace(name: string, labels: Labels | undefined): void {
    if (labels) this.#namespaces.set(name, labels)
    else this.#namespaces.delete(name)
    this.#tallies.onNamespaceChange()
  }

  setNode(node: Node): void {
    const name = node.metadata.name
    const known = this.#nodes.get(name)
    if (known) {
      if (isSameForIndexes(known.node, node)) return this.#exchange(known, node)
      this.#leave(known)
      known.setNode(node)
      return this.#enter(known)
    }
    const added = new CachedNode(node)
    for (const pod of this.#homeless.get(name)?.values() ?? []) added.add(pod)
    this.#homeless.delete(name)
    this.#nodes.set(name, added)
    this.#list.push(added)
    this.#enter(added)
  }

  removeNode(name: string): void {
    const known = this.#nodes.get(name)
    if (!known) return
    this.#leave(known)
    this.#nodes.delete(name)
    this.#list = this.#list.filter((node) => node !== known)
    if (known.pods.size > 0) this.#homeless.set(name, new Map(known.pods))
  }

  /** A Pod that the server shows on a node; confirms what was assumed. */
  setPod(pod: PodInfo, nodeName: string): void {
    this.removePod(pod.uid)
    this.#places.set(pod.uid, nodeName)
    const node = this.#nodes.get(nodeName)
    if (node) {
      node.add(pod)
      this.#countPod(pod, node, 1)
      return
    }
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

  /** A Pod on a node. */
  podOf(uid: string): PodInfo | undefined {
    const nodeName = this.#places.get(uid)
    if (nodeName === undefined) return undefined
    return this.#nodes.get(nodeName)?.pods.get(uid) ?? this.#homeless.get(nodeName)?.get(uid)
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
    const node = this.#nodes.get(nodeName)
    const pod = node?.pods.get(uid)
    if (node && pod) {
      node.remove(uid)
      this.#countPod(pod, node, -1)
    }
    const waiting = this.#homeless.get(nodeName)
    waiting?.delete(uid)
    if (waiting?.size === 0) this.#homeless.delete(nodeName)
  }

  /** A cache of its own with the same nodes, Pods, namespaces and nominations: for questions of what would happen. */
  copy(): SchedulerCache {
    const copying = this.copying()
    for (let step = copying.next(); ; step = copying.next()) if (step.done) return step.value
  }

  /**
   * As copy, node by node, with a pause wherever the caller wants one: meanwhile this cache may change. Nodes that changed are copied
   * again at the end, without a pause, so that the copy shows one moment.
   */
  *copying(): Generator<undefined, SchedulerCache> {
    const copied = new SchedulerCache()
    const { next } = this.changes
    for (const node of this.#list) {
      copied.#take(node, this.nominations.on(node.name))
      yield
    }
    const changed = this.changes.since(next)
    if (!changed) return this.copy()
    for (const node of new Set(changed)) {
      const current = this.#nodes.get(node.name)
      copied.#drop(node.name)
      if (current) copied.#take(current, this.nominations.on(node.name))
    }
    for (const [name, labels] of this.#namespaces) copied.setNamespace(name, labels)
    return copied
  }

  #take({ node, name, pods }: CachedNode, nominated: readonly PodInfo[]): void {
    this.setNode(node)
    for (const pod of pods.values()) this.setPod(pod, name)
    for (const waiting of nominated) this.nominations.set(waiting, name)
  }

  /** Forgets a node with all that is on it. */
  #drop(name: string): void {
    for (const uid of this.#nodes.get(name)?.pods.keys() ?? []) this.removePod(uid)
    for (const { uid } of this.nominations.on(name)) this.nominations.delete(uid)
    this.removeNode(name)
  }

  /** Who remembers something about the node must look again. */
  #onNomination(nodeName: string): void {
    const node = this.#nodes.get(nodeName)
    if (!node) return
    node.version++
    this.changes.add(node)
  }

  /** What the indexes say of the node stays as it is. */
  #exchange(known: CachedNode, node: Node): void {
    this.changes.add(known)
    this.#countNode(known, -1)
    known.setNode(node)
    this.#countNode(known, 1)
  }

  #enter(node: CachedNode): void {
    this.changes.add(node)
    this.#countNode(node, 1)
    this.#labelIndex.add(node)
    this.#tallies.addNode(node)
    for (const pod of node.pods.values()) this.#countPod(pod, node, 1)
  }

  #leave(node: CachedNode): void {
    this.changes.add(node)
    for (const pod of node.pods.values()) this.#countPod(pod, node, -1)
    this.#tallies.removeNode(node)
    this.#labelIndex.remove(node)
    this.#countNode(node, -1)
  }

  #countPod(pod: PodInfo, node: NodeInfo, sign: 1 | -1): void {
    this.changes.add(node)
    this.#tallies.addPod(pod, node, sign)
    this.heldTerms.add(pod, node, sign)
    for (const name of pod.claimNames) {
      const key = `${pod.namespace}/${name}`
      const count = (this.#claimUsers.get(key) ?? 0) + sign
      if (count > 0) this.#claimUsers.set(key, count)
      else this.#claimUsers.delete(key)
    }
  }

  #countNode(node: CachedNode, sign: 1 | -1): void {
    if (node.softTaints.length > 0) this.#softlyTainted += sign
    for (const image of node.imageBytes.keys()) {
      const count = (this.#imageNodes.get(image) ?? 0) + sign
      if (count > 0) this.#imageNodes.set(image, count)
      else this.#imageNodes.delete(image)
    }
  }
}

/** Indexes know a node by its labels and its taints. */
function isSameForIndexes(a: Node, b: Node): boolean {
  return (
    JSON.stringify(a.metadata.labels) === JSON.stringify(b.metadata.labels) &&
    JSON.stringify(a.spec.taints) === JSON.stringify(b.spec.taints)
  )
}
