import { boundedText, conflict, timestamp, type KubeObject, type ResourceName } from '@quarterdeck/api-machinery'
import type { Kind } from '@quarterdeck/api'
import type { DeleteOptions } from '@quarterdeck/client'
import type { StoredObject, Write } from '@quarterdeck/storage'

import { servedObject, type ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { attributesOf } from '../admission/admission.ts'
import { changeWrite } from '../writes/build-write.ts'
import { findForWrite } from './get.ts'
import { retryConflict } from './retry-conflict.ts'

/** What a delete did: the object is gone (its last value), or stays until its finalizers and grace period are over. */
export type DeleteResult = { gone: KubeObject } | { pending: StoredObject | KubeObject }

const propagationFinalizers = { Orphan: 'orphan', Foreground: 'foregroundDeletion' } as const

/** Deletes, or begins to delete, one object. */
export function remove(core: ApiCore, request: ApiRequest, options: DeleteOptions): Promise<DeleteResult> {
  return retryConflict(core, request, async () => {
    const stored = await findForWrite(core, request)
    const plan = await planDeletion(core, request, { stored, old: servedObject(request.kind, stored), options })
    return commitDeletion(core, request, plan)
  })
}

/** What deleting an object would store: its own write first, then those that must go with it. */
export interface DeletionPlan {
  next: KubeObject
  /** Empty if it is being deleted in the same way already. */
  writes: readonly Write[]
  stored: StoredObject
}

/** Admission and preconditions of a deletion. `old` is the stored object, perhaps with something added that is to be kept. */
export async function planDeletion(
  core: ApiCore,
  request: ApiRequest,
  { stored, old, options }: { stored: StoredObject; old: KubeObject; options: DeleteOptions },
): Promise<DeletionPlan> {
  checkPreconditions(request, options, old)
  const attributes = attributesOf(request, core, { operation: 'DELETE', old })
  await core.admit(attributes)
  await core.admit(attributes, 'validating')
  const next = deletedForm(request, old, options)
  const write = changeWrite(request, next, stored)
  if (write.type === 'delete') return { next, writes: [write, ...attributes.alongside], stored }
  return { next, writes: isSameDeletion(old, next) ? [] : [write], stored }
}

/** Stores a deletion, all of it or nothing. */
export async function commitDeletion(core: ApiCore, request: ApiRequest, { next, writes, stored }: DeletionPlan): Promise<DeleteResult> {
  const [first] = writes
  if (!first) return { pending: stored }
  const isGone = first.type === 'delete'
  if (request.dryRun) return isGone ? { gone: next } : { pending: next }
  const result = writes.length === 1 ? await core.store.commit(first) : (await core.store.commitAll(writes))[0]!
  return isGone ? { gone: servedObject(request.kind, result) } : { pending: result }
}

/** The object with its deletion begun, or carried further. */
function deletedForm(request: ApiRequest, old: KubeObject, options: DeleteOptions): KubeObject {
  const { kind } = request
  const next: KubeObject = { ...old, metadata: { ...old.metadata } }
  const { metadata } = next
  const finalizers = plannedFinalizers(kind, metadata.finalizers ?? [], options)
  if (finalizers.length > 0) metadata.finalizers = finalizers
  else delete metadata.finalizers
  const graceSeconds = kind.gracePeriodSeconds?.(old, options.gracePeriodSeconds) ?? 0
  const remaining = metadata.deletionTimestamp ? Math.min(graceSeconds, metadata.deletionGracePeriodSeconds ?? 0) : graceSeconds
  // A grace period can only be shortened.
  if (!metadata.deletionTimestamp || remaining < (metadata.deletionGracePeriodSeconds ?? 0)) {
    metadata.deletionTimestamp = timestamp(new Date(Date.now() + remaining * 1000))
    if (kind.hasGeneration) metadata.generation = (metadata.generation ?? 0) + 1
  }
  metadata.deletionGracePeriodSeconds = remaining
  if (kind.beginDeletion) kind.beginDeletion(next)
  return next
}

function plannedFinalizers(kind: Kind, current: readonly string[], { propagationPolicy }: DeleteOptions): string[] {
  const asked = propagationPolicy ?? (isDecided(current) ? undefined : kind.defaultPropagation)
  if (!asked) return [...current]
  const kept = current.filter((f) => f !== propagationFinalizers.Orphan && f !== propagationFinalizers.Foreground)
  return asked === 'Background' ? kept : [...kept, propagationFinalizers[asked]]
}

/** An earlier deletion, or who made the object, has said what becomes of its dependents. */
function isDecided(finalizers: readonly string[]): boolean {
  return finalizers.includes(propagationFinalizers.Orphan) || finalizers.includes(propagationFinalizers.Foreground)
}

function isSameDeletion(old: KubeObject, next: KubeObject): boolean {
  return (
    old.metadata.deletionTimestamp === next.metadata.deletionTimestamp &&
    old.metadata.deletionGracePeriodSeconds === next.metadata.deletionGracePeriodSeconds &&
    (old.metadata.finalizers ?? []).join() === (next.metadata.finalizers ?? []).join()
  )
}

function checkPreconditions({ kind, name }: ApiRequest, { preconditions }: DeleteOptions, old: KubeObject): void {
  const target: ResourceName = { group: kind.group, resource: kind.plural }
  if (preconditions?.uid && preconditions.uid !== old.metadata.uid) {
    throw conflict(
      target,
      name,
      `Precondition failed: UID in precondition: ${boundedText(preconditions.uid, 256)}, UID in object meta: ${old.metadata.uid}`,
    )
  }
  if (preconditions?.resourceVersion && preconditions.resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(
      target,
      name,
      `Precondition failed: ResourceVersion in precondition: ${boundedText(preconditions.resourceVersion, 256)}, ResourceVersion in object meta: ${old.metadata.resourceVersion}`,
    )
  }
}
