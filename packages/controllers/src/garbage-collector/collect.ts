import { isApiError, keyOf, type DraftMeta, type KubeObject } from '@quarterdeck/api-machinery'
import type { Kind } from '@quarterdeck/api'
import type { Client, DeleteOptions } from '@quarterdeck/client'

import { classifyOwners, type OwnerLookup } from './classify-owners.ts'
import { blockingDependents, foregroundFinalizer, orphanFinalizer, type GraphNode, type ObjectGraph } from './object-graph.ts'

export interface Collection extends OwnerLookup {
  graph: ObjectGraph
  /** Looks at an object again, soon. */
  verify: (uid: string) => void
}

/** Looks at one object: frees it from owners that are gone, and deletes it if none is left. */
export async function verifyObject(uid: string, collection: Collection): Promise<void> {
  const node = collection.graph.get(uid)
  if (!node?.identity) return
  const { kind } = node.identity
  const object = await live(node, collection.client)
  if (!object || (object.metadata.deletionTimestamp && !node.isDeletingDependents)) return
  if (node.isDeletingDependents) return finishForeground(node, object, collection)
  if (!object.metadata.ownerReferences?.length) return

  const { solid, dangling, waiting } = await classifyOwners(object, collection)
  if (solid.length > 0) {
    if (dangling.length + waiting.length > 0) await setMeta(collection.client, kind, object, { ownerReferences: solid })
    return
  }
  if (waiting.length > 0 && node.dependents.size > 0) {
    await unblockCycle(node, object, collection)
    return remove(collection.client, kind, { object, propagationPolicy: 'Foreground' })
  }
  return remove(collection.client, kind, { object, propagationPolicy: policyOf(object) })
}

/** The orphan finalizer: the dependents stay, and forget their owner. */
export async function orphanDependents(uid: string, { graph, client }: Collection): Promise<void> {
  const node = graph.get(uid)
  if (!node?.identity || !node.isOrphaningDependents) return
  for (const dependent of node.dependents) {
    const object = await live(dependent, client)
    if (!object || !dependent.identity) continue
    const ownerReferences = (object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid)
    await setMeta(client, dependent.identity.kind, object, { ownerReferences })
  }
  const owner = await live(node, client)
  if (owner) await removeFinalizer(client, node.identity.kind, { object: owner, finalizer: orphanFinalizer })
}

/** Foreground deletion: the owner goes once no dependent blocks it. */
async function finishForeground(node: GraphNode, object: KubeObject, { client, verify }: Collection): Promise<void> {
  const blocking = blockingDependents(node)
  if (blocking.length === 0 && node.identity) {
    await removeFinalizer(client, node.identity.kind, { object, finalizer: foregroundFinalizer })
    return
  }
  for (const dependent of blocking) if (!dependent.isDeletingDependents) verify(dependent.uid)
}

/** Two objects that wait for each other would wait for ever: this one stops blocking its owners. */
async function unblockCycle(node: GraphNode, object: KubeObject, { client }: Collection): Promise<void> {
  if (!node.identity || ![...node.dependents].some((dependent) => dependent.isDeletingDependents)) return
  const ownerReferences = (object.metadata.ownerReferences ?? []).map((owner) => ({ ...owner, blockOwnerDeletion: false }))
  await setMeta(client, node.identity.kind, object, { ownerReferences })
}

function policyOf(object: KubeObject): NonNullable<DeleteOptions['propagationPolicy']> {
  const finalizers = object.metadata.finalizers ?? []
  if (finalizers.includes(orphanFinalizer)) return 'Orphan'
  return finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background'
}

async function live(node: GraphNode, client: Client): Promise<KubeObject | undefined> {
  if (!node.identity) return undefined
  try {
    const object = await client.get(node.identity.kind, node.identity.key)
    return object.metadata.uid === node.uid ? object : undefined
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}

async function remove(
  client: Client,
  kind: Kind,
  { object, propagationPolicy }: { object: KubeObject; propagationPolicy: NonNullable<DeleteOptions['propagationPolicy']> },
): Promise<void> {
  try {
    await client.delete(kind, keyOf(object), { propagationPolicy, preconditions: { uid: object.metadata.uid } })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}

async function removeFinalizer(
  client: Client,
  kind: Kind,
  { object, finalizer }: { object: KubeObject; finalizer: string },
): Promise<void> {
  await setMeta(client, kind, object, { finalizers: (object.metadata.finalizers ?? []).filter((name) => name !== finalizer) })
}

/** A patch that fails if the object changed since it was read; gone is as good as changed. */
async function setMeta(
  client: Client,
  kind: Kind,
  object: KubeObject,
  change: Pick<DraftMeta, 'ownerReferences' | 'finalizers'>,
): Promise<void> {
  const { uid, resourceVersion } = object.metadata
  try {
    await client.patch(kind, keyOf(object), { metadata: { uid, resourceVersion, ...change } }, { type: 'merge' })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}
