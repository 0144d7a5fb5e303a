import type { Kind } from '@quarterdeck/api'
import { isApiError, type KubeObject, type OwnerReference } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import type { LruMap } from '@quarterdeck/controller-runtime'

import { foregroundFinalizer } from './object-graph.ts'

/** The owners an object names, by what they still do for it. */
export interface ClassifiedOwners {
  /** There, and not waiting for their dependents to go. */
  solid: OwnerReference[]
  /** Gone. */
  dangling: OwnerReference[]
  /** Being deleted, after their dependents. */
  waiting: OwnerReference[]
}

export interface OwnerLookup {
  client: Client
  kinds: readonly Kind[]
  /** Owners known to be gone, by uid and namespace: an object that was deleted never comes back under its uid. */
  absent: LruMap<string, true>
}

/** Asks the server about every owner: a cache that is behind must not cost an object its life. */
export async function classifyOwners(object: KubeObject, lookup: OwnerLookup): Promise<ClassifiedOwners> {
  const classified: ClassifiedOwners = { solid: [], dangling: [], waiting: [] }
  for (const reference of object.metadata.ownerReferences ?? []) classified[await stateOf(reference, object, lookup)].push(reference)
  return classified
}

async function stateOf(reference: OwnerReference, object: KubeObject, lookup: OwnerLookup): Promise<keyof ClassifiedOwners> {
  const kind = kindOfReference(reference, lookup.kinds)
  // An owner of an unknown kind can't be looked up: never delete for lack of knowledge.
  if (!kind) return 'solid'
  const namespace = kind.scope === 'Namespaced' ? (object.metadata.namespace ?? '') : ''
  // An object of cluster scope cannot name an owner in a namespace: the reference says nothing.
  if (kind.scope === 'Namespaced' && !namespace) return 'solid'
  const id = `${namespace}/${reference.uid}`
  if (lookup.absent.get(id)) return 'dangling'
  try {
    const owner = await lookup.client.get(kind, { namespace, name: reference.name })
    if (owner.metadata.uid === reference.uid) {
      return owner.metadata.deletionTimestamp && owner.metadata.finalizers?.includes(foregroundFinalizer) ? 'waiting' : 'solid'
    }
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
  lookup.absent.set(id, true)
  return 'dangling'
}

/** Versions of a group are the same objects: any of them will do. */
export function kindOfReference(reference: OwnerReference, kinds: readonly Kind[]): Kind | undefined {
  const slash = reference.apiVersion.indexOf('/')
  const group = slash < 0 ? '' : reference.apiVersion.slice(0, slash)
  return kinds.find((kind) => kind.kind === reference.kind && kind.group === group)
}
