import { randomInt, randomUUID } from 'node:crypto'

import type { Kind } from '@quarterdeck/api'
import {
  badRequest,
  boundedText,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  forbiddenField,
  invalidField,
  labelMapErrors,
  qualifiedNameErrors,
  requiredField,
  timestamp,
  tooLongField,
  type DraftMeta,
  type FieldError,
  type KubeObject,
} from '@quarterdeck/api-machinery'

import type { ApiRequest } from './request.ts'

const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'
const suffixLength = 5
const maxGeneratedBaseLength = 63 - suffixLength
const maxAnnotationBytes = 256 * 1024

/**
 * Fills in what the server decides of a new object's metadata. Mutates. Throws BadRequest where path and body disagree, and for
 * a version, which only a stored object has.
 */
export function prepareNewMeta(object: KubeObject, request: ApiRequest): void {
  const meta: DraftMeta = (object.metadata ??= {} as KubeObject['metadata'])
  const { kind } = request
  checkNamespace(meta, request)
  if (Number(meta.resourceVersion ?? 0) !== 0) throw badRequest('resourceVersion should not be set on objects to be created')
  if (kind.scope === 'Namespaced') meta.namespace = request.namespace
  else delete meta.namespace
  if (!meta.name && meta.generateName) meta.name = generatedName(meta.generateName)
  if (request.name && meta.name && request.name !== meta.name) throw nameMismatch(meta.name, request.name)
  meta.uid = randomUUID()
  meta.creationTimestamp = timestamp()
  for (const field of ['resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'managedFields'] as const)
    delete meta[field]
  if (kind.hasGeneration) meta.generation = 1
  else delete meta.generation
}

function checkNamespace(meta: DraftMeta, request: ApiRequest): void {
  if (request.kind.scope === 'Namespaced' && meta.namespace && meta.namespace !== request.namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`)
  }
}

function nameMismatch(given: string, expected: string): Error {
  return badRequest(`the name of the object (${boundedText(given, 256)}) does not match the name on the URL (${expected})`)
}

/** `base` with five random characters; a base too long for a label is cut. */
export function generatedName(base: string): string {
  let suffix = ''
  for (let i = 0; i < suffixLength; i++) suffix += suffixAlphabet[randomInt(suffixAlphabet.length)]
  return base.slice(0, maxGeneratedBaseLength) + suffix
}

/** Carries over what an update cannot change. Mutates `object`. Throws BadRequest where path and body disagree. */
export function prepareUpdatedMeta(object: KubeObject, old: KubeObject, request: ApiRequest): void {
  const meta: DraftMeta = (object.metadata ??= {} as KubeObject['metadata'])
  checkNamespace(meta, request)
  if (meta.name && meta.name !== request.name) throw nameMismatch(meta.name, request.name)
  const kept = old.metadata
  meta.name = kept.name
  meta.uid = kept.uid
  meta.creationTimestamp = kept.creationTimestamp
  for (const field of ['namespace', 'generateName', 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    if (kept[field] === undefined) delete meta[field]
    else (meta as Record<string, unknown>)[field] = kept[field]
  }
  delete meta.selfLink
  delete meta.managedFields
}

/** What is wrong with the metadata of an object about to be stored. */
export function validateMeta(object: KubeObject, kind: Kind): FieldError[] {
  const meta = object.metadata
  const errors: FieldError[] = []
  if (!meta.name) errors.push(requiredField('metadata.name', 'name or generateName is required'))
  else errors.push(...nameErrors(kind, meta.name).map((message) => invalidField('metadata.name', meta.name, message)))
  if (kind.scope === 'Namespaced')
    errors.push(...dns1123LabelErrors(meta.namespace ?? '').map((m) => invalidField('metadata.namespace', meta.namespace, m)))
  errors.push(...labelMapErrors(meta.labels, 'metadata.labels'), ...validateAnnotations(meta.annotations))
  errors.push(...validateFinalizers(meta.finalizers ?? []))
  errors.push(...validateOwnerReferences(meta))
  return errors
}

/** Finalizers of Kubernetes itself, which have no domain. */
const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

function validateFinalizers(finalizers: readonly string[]): FieldError[] {
  const field = 'metadata.finalizers'
  const errors = finalizers.flatMap((name) => qualifiedNameErrors(name).map((message) => invalidField(field, name, message)))
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    errors.push(invalidField(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'))
  for (const [i, name] of finalizers.entries())
    if (!name.includes('/') && !standardFinalizers.has(name))
      errors.push(invalidField(`${field}[${i}]`, name, 'name is neither a standard finalizer name nor is it fully qualified'))
  return errors
}

function nameErrors(kind: Kind, name: string): string[] {
  return kind.nameErrors ? kind.nameErrors(name) : dns1123SubdomainErrors(name)
}

function validateAnnotations(annotations: Record<string, string> | undefined): FieldError[] {
  const errors: FieldError[] = []
  let bytes = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...qualifiedNameErrors(key.toLowerCase()).map((m) => invalidField('metadata.annotations', key, m)))
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value)
  }
  if (bytes > maxAnnotationBytes) errors.push(tooLongField('metadata.annotations', maxAnnotationBytes))
  return errors
}

function validateOwnerReferences(meta: DraftMeta): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, ref] of (meta.ownerReferences ?? []).entries()) {
    const field = `metadata.ownerReferences[${i}]`
    if (!ref.apiVersion) errors.push(invalidField(`${field}.apiVersion`, ref.apiVersion ?? '', 'version must not be empty'))
    if (!ref.kind) errors.push(invalidField(`${field}.kind`, ref.kind ?? '', 'must not be empty'))
    if (!ref.name) errors.push(invalidField(`${field}.name`, ref.name ?? '', 'must not be empty'))
    if (!ref.uid) errors.push(invalidField(`${field}.uid`, ref.uid ?? '', 'must not be empty'))
  }
  const controllers = (meta.ownerReferences ?? []).filter((ref) => ref.controller)
  if (controllers.length > 1) {
    errors.push(
      invalidField(
        'metadata.ownerReferences',
        meta.ownerReferences,
        `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]?.kind}/${controllers[0]?.name} and ${controllers[1]?.kind}/${controllers[1]?.name}`,
      ),
    )
  }
  return errors
}

/** Finalizers may go but not come once deletion has begun. */
export function validateMetaUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  if (!old.metadata.deletionTimestamp) return []
  const before = new Set(old.metadata.finalizers ?? [])
  const added = (object.metadata.finalizers ?? []).filter((f) => !before.has(f))
  if (added.length === 0) return []
  return [
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added
        .slice(0, 100)
        .map((f) => JSON.stringify(f))
        .join(', ')}}`,
    ),
  ]
}
