import { modelSchemas, type Kind } from '@quarterdeck/api'
import {
  conflict,
  equalJson,
  invalid,
  missingFields,
  requiredField,
  staleWrite,
  type FieldError,
  type KubeObject,
} from '@quarterdeck/api-machinery'
import type { CreateWrite, DeleteWrite, StoredObject, UpdateWrite, Write } from '@quarterdeck/storage'

import type { AdmissionAttributes, AdmissionReader } from '../admission/admission.ts'
import { authorOf, servedObject, type ApiCore } from '../api-core.ts'
import { schemaOf, storedKindOf } from '../kind-registry.ts'
import { prepareNewMeta, prepareUpdatedMeta, validateMeta, validateMetaUpdate } from '../object-meta.ts'
import type { ApiRequest } from '../request.ts'

/** What a request would store: its own write first, then those that must go with it. */
export interface WritePlan {
  /** The object as the kind of the request shows it, before it has a new resourceVersion. */
  object: KubeObject
  writes: readonly Write[]
  /** Set when the request changes nothing: there is then no write. */
  unchanged?: StoredObject
}

/** Defaults, admission and validation of a new object. Mutates and uses `object`. Throws Invalid and what admission throws. */
export async function planCreate(
  core: ApiCore,
  request: ApiRequest,
  object: KubeObject,
  reader: AdmissionReader = core,
): Promise<WritePlan> {
  const { kind } = request
  prepareNewMeta(object, request)
  fillParts(kind, object)
  kind.prepareForCreate(object)
  kind.applyDefaults(object)
  refuseIncomplete(kind, object)
  const alongside: Write[] = []
  const name = object.metadata.name ?? object.metadata.generateName ?? ''
  const attributes: AdmissionAttributes = {
    operation: 'CREATE',
    kind,
    namespace: request.namespace,
    name,
    subresource: '',
    object,
    old: undefined,
    user: request.user,
    dryRun: request.dryRun,
    alongside,
    reader,
  }
  await core.admit(attributes)
  refuse(kind, name, [...validateMeta(object, kind), ...kind.validate(object), ...kind.validateCreate(object)], object)
  await core.admit(attributes, 'validating')
  warn(request, kind.warnings(object, undefined))
  const write: CreateWrite = {
    type: 'create',
    key: storeKey(kind, object),
    author: authorOf(request),
    keepsHistory: storedKindOf(kind).history === 'full',
    uid: object.metadata.uid,
    object: storedForm(kind, object),
  }
  return { object, writes: [write, ...alongside] }
}

/**
 * Defaults, admission and validation of a change to `stored`. Mutates and uses `object`, which may be partial only as
 * the subresource allows. Throws Conflict when the object carries another resourceVersion or uid than the stored one.
 */
export async function planUpdate(
  core: ApiCore,
  request: ApiRequest,
  object: KubeObject,
  stored: StoredObject,
  reader: AdmissionReader = core,
): Promise<WritePlan> {
  const { kind, subresource } = request
  const old = servedObject(kind, stored)
  checkPreconditions(kind, object, old)
  prepareUpdatedMeta(object, old, request)
  fillParts(kind, object)
  const alongside: Write[] = []
  let isChanged = false
  if (subresource === 'status') {
    const next = object as KubeObject & { status?: unknown }
    keepAllBut(next, old, ['status', 'metadata'])
    if (old.metadata.ownerReferences) object.metadata.ownerReferences = old.metadata.ownerReferences
    kind.prepareForStatusUpdate(object, old)
    kind.applyDefaults(object)
    refuse(kind, request.name, [...validateMeta(object, kind), ...kind.validateStatusUpdate(object, old)])
  } else {
    if (subresource === '') {
      if (kind.hasStatus) keepStatus(object, old)
      kind.prepareForUpdate(object, old)
    }
    kind.applyDefaults(object)
    refuseIncomplete(kind, object)
    const attributes: AdmissionAttributes = {
      operation: 'UPDATE',
      kind,
      namespace: request.namespace,
      name: request.name,
      subresource,
      object,
      old,
      user: request.user,
      dryRun: request.dryRun,
      alongside,
      reader,
    }
    await core.admit(attributes)
    refuse(
      kind,
      request.name,
      [
        ...validateMeta(object, kind),
        ...validateMetaUpdate(object, old),
        ...newErrors(kind, object, old),
        ...kind.validateUpdate(object, old),
      ],
      object,
    )
    await core.admit(attributes, 'validating')
    isChanged = kind.hasGeneration && changesSpec(object, old)
    if (isChanged) object.metadata.generation = (old.metadata.generation ?? 0) + 1
    warn(request, kind.warnings(object, old))
  }
  if (!isChanged && alongside.length === 0 && equalJson(withoutVersion(object), withoutVersion(old)))
    return { object: old, writes: [], unchanged: stored }
  // What is only tried keeps the version that it was tried on.
  if (request.dryRun) object.metadata.resourceVersion = old.metadata.resourceVersion
  const write = isReleased(object) ? deleteWrite(request, object, stored) : updateWrite(request, object, stored)
  return { object, writes: [write, ...alongside] }
}

export function updateWrite(request: ApiRequest, object: KubeObject, stored: StoredObject): UpdateWrite {
  const { kind } = request
  return {
    type: 'update',
    key: stored.key,
    author: authorOf(request),
    keepsHistory: storedKindOf(kind).history === 'full',
    expectedRevision: stored.revision,
    object: storedForm(kind, object),
  }
}

export function deleteWrite(request: ApiRequest, object: KubeObject, stored: StoredObject): DeleteWrite {
  return { ...updateWrite(request, object, stored), type: 'delete' }
}

/** Whether nothing holds a deleted object any more: no finalizer and no grace period. */
export function isReleased(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata
  const heldBySpec = (object as { spec?: { finalizers?: string[] } }).spec?.finalizers
  return deletionTimestamp !== undefined && !deletionGracePeriodSeconds && !finalizers?.length && !heldBySpec?.length
}

function storeKey(kind: Kind, object: KubeObject): Write['key'] {
  return { resource: storedKindOf(kind).resource, namespace: object.metadata.namespace ?? '', name: object.metadata.name }
}

function storedForm(kind: Kind, object: KubeObject): KubeObject {
  return kind.storedAs ? kind.storedAs.toStored(object) : object
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

function keepStatus(object: KubeObject, old: KubeObject): void {
  const next = object as { status?: unknown }
  const previous = (old as { status?: unknown }).status
  if (previous === undefined) delete next.status
  else next.status = previous
}

/** Makes every field of `object` but the named ones that of `old`. */
function keepAllBut(object: KubeObject, old: KubeObject, changed: readonly string[]): void {
  const target = object as unknown as Record<string, unknown>
  for (const key of Object.keys(target)) if (!changed.includes(key)) delete target[key]
  for (const [key, value] of Object.entries(old)) if (!changed.includes(key)) target[key] = value
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

/** Gives an object the parts that the code of every kind counts on. */
function fillParts(kind: Kind, object: KubeObject): void {
  const parts = object as { spec?: unknown; status?: unknown }
  if (schemaOf(kind).properties?.['spec']) parts.spec ??= {}
  if (kind.hasStatus) parts.status ??= {}
}

/** Admission counts on the fields that the schema requires. Throws Invalid, with all else that is wrong, if one is missing. */
function refuseIncomplete(kind: Kind, object: KubeObject): void {
  if (missingIn(kind, object).length === 0) return
  refuse(kind, object.metadata.name ?? '', [...validateMeta(object, kind), ...kind.validate(object)], object)
}

function missingIn(kind: Kind, object: KubeObject): string[] {
  return missingFields(object as unknown as Record<string, unknown>, schemaOf(kind), modelSchemas, ['status', 'metadata'])
}

/**
 * What an update makes wrong. What was wrong in the same way before is not held against it: rules become stricter with
 * time, and an object that was stored under older ones must still be changeable (KEP-4008).
 */
function newErrors(kind: Kind, object: KubeObject, old: KubeObject): FieldError[] {
  const errors = kind.validate(object)
  if (errors.length === 0) return errors
  const before = new Set(kind.validate(old).map(errorText))
  return errors.filter((error) => !before.has(errorText(error)))
}

/** A request that is tried again warns once. */
function warn(request: ApiRequest, warnings: readonly string[]): void {
  for (const warning of warnings) if (!request.warnings.includes(warning)) request.warnings.push(warning)
}

function errorText({ field, message }: FieldError): string {
  return `${field}: ${message}`
}

/** Throws Invalid if there is any error; of a field the schema requires and nobody complained of, it complains. */
function refuse(kind: Kind, name: string, errors: FieldError[], object?: KubeObject): void {
  if (object) {
    for (const field of missingIn(kind, object))
      if (!errors.some((e) => e.field.startsWith(field) || field.startsWith(e.field))) errors.push(requiredField(field))
  }
  if (errors.length > 0) throw invalid(kind, name, errors)
}
