import type { Kind } from '@quarterdeck/api'
import { keyOf, type KubeObject, type ObjectKey, type OwnerReference } from '@quarterdeck/api-machinery'

export const foregroundFinalizer = 'foregroundDeletion'
export const orphanFinalizer = 'orphan'

/** One object as the collector knows it. */
export interface GraphNode {
  uid: string
  /** Undefined for an owner that others name and that was not seen itself. */
  identity: { kind: Kind; key: ObjectKey } | undefined
  owners: readonly OwnerReference[]
  dependents: Set<GraphNode>
  isBeingDeleted: boolean
  /** Its deletion waits for its dependents. */
  isDeletingDependents: boolean
  /** Its deletion waits until its dependents are freed of it. */
  isOrphaningDependents: boolean
}

/** What must be looked at after a change. */
export interface GraphEffects {
  /** Objects that may have lost what keeps them. */
  verify: Set<string>
  /** Objects whose dependents must be freed. */
  orphan: Set<string>
}

/** Who owns whom, over all kinds, kept from the events of their watches. */
export class ObjectGraph {
  readonly #nodes = new Map<string, GraphNode>()

  get size(): number {
    return this.#nodes.size
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid)
  }

  uids(): string[] {
    return [...this.#nodes.keys()]
  }

  /** An object was added or changed. */
  observe(kind: Kind, object: KubeObject): GraphEffects {
    const effects: GraphEffects = { verify: new Set(), orphan: new Set() }
    const node = this.#of(object.metadata.uid)
    const before = { ...node }
    const finalizers = object.metadata.finalizers ?? []
    node.identity = { kind, key: keyOf(object) }
    node.isBeingDeleted = object.metadata.deletionTimestamp !== undefined
    node.isDeletingDependents = node.isBeingDeleted && finalizers.includes(foregroundFinalizer)
    node.isOrphaningDependents = node.isBeingDeleted && finalizers.includes(orphanFinalizer)
    this.#setOwners(node, object.metadata.ownerReferences ?? [], effects)

    if (node.isOrphaningDependents && !before.isOrphaningDependents) effects.orphan.add(node.uid)
    if (node.isDeletingDependents && !before.isDeletingDependents) {
      effects.verify.add(node.uid)
      for (const dependent of node.dependents) effects.verify.add(dependent.uid)
    }
    if (!before.identity && this.#mayBeAbandoned(node)) effects.verify.add(node.uid)
    return effects
  }

  /** An object is gone. */
  remove(uid: string): GraphEffects {
    const effects: GraphEffects = { verify: new Set(), orphan: new Set() }
    const node = this.#nodes.get(uid)
    if (!node) return effects
    for (const dependent of node.dependents) effects.verify.add(dependent.uid)
    this.#setOwners(node, [], effects)
    node.identity = undefined
    node.isBeingDeleted = node.isDeletingDependents = node.isOrphaningDependents = false
    this.#dropIfUnused(node)
    return effects
  }

  /** Whether an owner is missing or waits for its dependents. */
  #mayBeAbandoned(node: GraphNode): boolean {
    return node.owners.some(({ uid }) => {
      const owner = this.#nodes.get(uid)
      return !owner || !isKept(node, owner)
    })
  }

  #setOwners(node: GraphNode, owners: readonly OwnerReference[], effects: GraphEffects): void {
    const before = node.owners
    node.owners = owners
    const kept = new Map(owners.map((owner) => [owner.uid, owner]))
    for (const previous of before) {
      const owner = this.#nodes.get(previous.uid)
      const now = kept.get(previous.uid)
      if (!owner) continue
      const unblocks = previous.blockOwnerDeletion && !now?.blockOwnerDeletion
      if (owner.isDeletingDependents && (unblocks || !now)) effects.verify.add(owner.uid)
      if (!now) {
        owner.dependents.delete(node)
        this.#dropIfUnused(owner)
      }
    }
    const known = new Set(before.map((owner) => owner.uid))
    for (const { uid } of owners) {
      const owner = this.#of(uid)
      owner.dependents.add(node)
      if (!known.has(uid) && !isKept(node, owner)) effects.verify.add(node.uid)
    }
  }

  #of(uid: string): GraphNode {
    let node = this.#nodes.get(uid)
    if (!node) {
      node = {
        uid,
        identity: undefined,
        owners: [],
        dependents: new Set(),
        isBeingDeleted: false,
        isDeletingDependents: false,
        isOrphaningDependents: false,
      }
      this.#nodes.set(uid, node)
    }
    return node
  }

  #dropIfUnused(node: GraphNode): void {
    if (!node.identity && node.dependents.size === 0) this.#nodes.delete(node.uid)
  }
}

/** Whether the owner keeps the node alive, for all that is known: it is there, in a namespace where it can be one, and does not wait for its dependents to go. */
function isKept(node: GraphNode, { identity, isDeletingDependents }: GraphNode): boolean {
  if (!identity || isDeletingDependents) return false
  return identity.kind.scope !== 'Namespaced' || identity.key.namespace === node.identity?.key.namespace
}

/** Dependents that keep an owner whose deletion waits for them. */
export function blockingDependents(node: GraphNode): GraphNode[] {
  return [...node.dependents].filter(({ owners }) => owners.some((owner) => owner.uid === node.uid && owner.blockOwnerDeletion))
}
