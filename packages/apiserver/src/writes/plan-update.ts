import type { Kind } from '@quarterdeck/api'
import { conflict, equalJson, staleWrite, type KubeObject } from '@quarterdeck/api-machinery'
import type { StoredObject } from '@quarterdeck/storage'

import { attributesOf, type AdmissionReader } from '../admission/admission.ts'
import { servedObject, type ApiCore } from '../api-core.ts'
import { prepareUpdatedMeta } from '../object-meta.ts'
import { warn, type ApiRequest } from '../request.ts'
import { changeWrite } from './build-write.ts'
import { fillParts, refuse, refuseIncomplete } from './completeness.ts'
import { updateStrategyOf } from './update-strategy.ts'
import type { WritePlan } from './write-plan.ts'

export interface PlannedUpdate {
  /** Decoded; used up. */
  object: KubeObject
  stored: StoredObject
  /** As in PlannedCreate. */
  reader?: AdmissionReader
}

/**
 * Defaults, admission and validation of a change to `stored` through the request's subresource. Throws Conflict when the object
 * carries another resourceVersion or uid than the stored one, Invalid, and what admission throws.
 */
export async function planUpdate(core: ApiCore, request: ApiRequest, { object, stored, reader = core }: PlannedUpdate): Promise<WritePlan> {
  const { kind } = request
  const strategy = updateStrategyOf(request.subresource)
  const old = servedObject(kind, stored)
  checkPreconditions(kind, object, old)
  prepareUpdatedMeta(object, old, request)
  fillParts(kind, object)
  strategy.prepare(kind, object, old)
  kind.applyDefaults(object)
  if (strategy.isOfSpec) refuseIncomplete(kind, object)
  const attributes = attributesOf(request, reader, { operation: 'UPDATE', object, old })
  if (strategy.isAdmitted) await core.admit(attributes)
  refuse(kind, request.name, strategy.validate(kind, object, old), strategy.isOfSpec ? object : undefined)
  if (strategy.isAdmitted) await core.admit(attributes, 'validating')
  const isChanged = strategy.isOfSpec && kind.hasGeneration && changesSpec(object, old)
  if (isChanged) object.metadata.generation = (old.metadata.generation ?? 0) + 1
  if (strategy.isOfSpec) warn(request, kind.warnings(object, old))
  const { alongside } = attributes
  if (!isChanged && alongside.length === 0 && equalJson(withoutVersion(object), withoutVersion(old)))
    return { object: old, writes: [], unchanged: stored }
  // What is only tried keeps the version that it was tried on.
  if (request.dryRun) object.metadata.resourceVersion = old.metadata.resourceVersion
  return { object, writes: [changeWrite(request, object, stored), ...alongside] }
}

function checkPreconditions(kind: Kind, object: KubeObject, old: KubeObject): void {
  const target = { group: kind.group, resource: kind.plural }
  const { resourceVersion, uid } = object.metadata ?? {}
  if (uid && uid !== old.metadata.uid) {
    throw conflict(
      target,
      old.metadata.name,
      `StorageError: invalid object, Code: 4, Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
    )
  }
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw staleWrite(target, old.metadata.name)
}

function changesSpec(object: KubeObject, old: KubeObject): boolean {
  const { metadata: _m, status: _s, ...spec } = object as KubeObject & { status?: unknown }
  const { metadata: _om, status: _os, ...oldSpec } = old as KubeObject & { status?: unknown }
  return !equalJson(spec, oldSpec)
}

function withoutVersion(object: KubeObject): unknown {
  const { resourceVersion: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
