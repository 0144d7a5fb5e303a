import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { CreateWrite, DeleteWrite, StoredObject, UpdateWrite } from '@quarterdeck/storage'

import { authorOf } from '../api-core.ts'
import { storedKindOf } from '../kind-registry.ts'
import type { ApiRequest } from '../request.ts'

/** The writes that the store takes are made here and nowhere else: what has to go with every write is added once. */
export function createWrite(request: ApiRequest, object: KubeObject): CreateWrite {
  const { namespace = '', name, uid } = object.metadata
  const { resource } = storedKindOf(request.kind)
  return { type: 'create', key: { resource, namespace, name }, uid, ...whatGoesWith(request, object) }
}

export function updateWrite(request: ApiRequest, object: KubeObject, stored: StoredObject): UpdateWrite {
  return { type: 'update', key: stored.key, expectedRevision: stored.revision, ...whatGoesWith(request, object) }
}

/** `object` is the last that there was of it. */
export function deleteWrite(request: ApiRequest, object: KubeObject, stored: StoredObject): DeleteWrite {
  return { ...updateWrite(request, object, stored), type: 'delete' }
}

/** The write of a change: it ends an object that was only waiting for it. */
export function changeWrite(request: ApiRequest, object: KubeObject, stored: StoredObject): UpdateWrite | DeleteWrite {
  return isReleased(request.kind, object) ? deleteWrite(request, object, stored) : updateWrite(request, object, stored)
}

/** Whether nothing holds a deleted object any more: no finalizer, no grace period, and nothing else that its kind waits for. */
export function isReleased(kind: Kind, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata
  return deletionTimestamp !== undefined && !deletionGracePeriodSeconds && !finalizers?.length && !kind.holdsDeletion(object)
}

function whatGoesWith(request: ApiRequest, object: KubeObject): Pick<UpdateWrite, 'author' | 'keepsHistory' | 'object'> {
  const { kind } = request
  return {
    author: authorOf(request),
    keepsHistory: storedKindOf(kind).history === 'full',
    object: kind.storedAs ? kind.storedAs.toStored(object) : object,
  }
}
