import { isDeepStrictEqual } from 'node:util'

import {
  compareQuantities,
  forbiddenField,
  invalidField,
  notSupportedField,
  parseQuantity,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1PersistentVolumeClaimSpec } from '../generated/types.ts'
import type { PersistentVolumeClaim } from '../kinds/persistent-volume-claim.ts'
import { betaStorageClassAnnotation } from '../volumes/storage-class-name.ts'
import { validateClaimSpec } from './claim-spec.ts'
import { immutableField } from './immutable.ts'

const resizeStatuses = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizePending',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
].toSorted()
const immutableMessage = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

export function validatePersistentVolumeClaim({ spec }: PersistentVolumeClaim): FieldError[] {
  return validateClaimSpec(spec, 'spec')
}

/**
 * What was asked for stays, so that quotas and limits can trust it: but for the volume and the class, which may be set once, and
 * the size and the attributes of a bound claim.
 */
export function validatePersistentVolumeClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = []
  const classAnnotation = claim.metadata.annotations?.[betaStorageClassAnnotation]
  if (!movesClassIntoSpec(claim, old))
    errors.push(...immutableField(classAnnotation ?? '', old.metadata.annotations?.[betaStorageClassAnnotation] ?? '', annotationField))
  if (!isDeepStrictEqual(fixedPart(claim, claim, old), fixedPart(old, claim, old))) errors.push(forbiddenField('spec', immutableMessage))
  errors.push(...validateSize(claim, old), ...immutableField(claim.spec.volumeMode, old.spec.volumeMode, 'volumeMode'))
  const attributes = claim.spec.volumeAttributesClassName
  if (attributes || old.spec.volumeAttributesClassName === attributes || old.status.currentVolumeAttributesClassName === undefined)
    return errors
  const what = attributes === undefined ? 'nil' : 'empty string'
  const detail = `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`
  return [...errors, forbiddenField('spec.volumeAttributesClassName', detail)]
}

const annotationField = `metadata.annotations[${betaStorageClassAnnotation}]`

/** The spec of `of` without what the change from `old` to `claim` may touch. */
function fixedPart(of: PersistentVolumeClaim, claim: PersistentVolumeClaim, old: PersistentVolumeClaim): unknown {
  const spec: V1PersistentVolumeClaimSpec = structuredClone(of.spec)
  if (!old.spec.volumeName) delete spec.volumeName
  if (!spec.volumeName) delete spec.volumeName
  if (old.spec.storageClassName === undefined && claim.spec.storageClassName !== undefined && agreesWithAnnotation(claim, old))
    delete spec.storageClassName
  if (claim.status.phase === 'Bound') {
    if (spec.resources?.requests) delete spec.resources.requests['storage']
    delete spec.volumeAttributesClassName
  }
  for (const source of [spec.dataSource, spec.dataSourceRef]) if (source && !source.apiGroup) delete source.apiGroup
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = spec.dataSource
  return spec
}

function agreesWithAnnotation(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const annotation = old.metadata.annotations?.[betaStorageClassAnnotation]
  return annotation === undefined || annotation === claim.spec.storageClassName
}

/** The class may leave the annotation for the field that replaced it. */
function movesClassIntoSpec(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const before = old.metadata.annotations?.[betaStorageClassAnnotation]
  const after = claim.metadata.annotations?.[betaStorageClassAnnotation]
  return (
    before !== undefined &&
    old.spec.storageClassName === undefined &&
    claim.spec.storageClassName === before &&
    (after === undefined || after === before)
  )
}

/** A claim may ask for less than it did, to recover from a failed expansion, but not for less than its volume has. */
function validateSize(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const size = claim.spec.resources?.requests?.['storage'] ?? '0'
  if (compareQuantities(size, old.spec.resources?.requests?.['storage'] ?? '0') >= 0) return []
  if (compareQuantities(size, old.status.capacity?.['storage'] ?? '0') > 0) return []
  return [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')]
}

export function validatePersistentVolumeClaimStatusUpdate({ spec, status }: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = spec.accessModes?.length ? [] : [requiredField('Spec.accessModes')]
  errors.push(...validateNonNegative(status.capacity, 'status.capacity'))
  for (const [name, resizeStatus] of Object.entries(status.allocatedResourceStatuses ?? {})) {
    errors.push(...validateResourceName(name, 'status.allocatedResourceStatuses'))
    if (!resizeStatuses.includes(resizeStatus)) errors.push(notSupportedField('status.allocatedResourceStatuses', name, resizeStatuses))
  }
  for (const name of Object.keys(status.allocatedResources ?? {})) errors.push(...validateResourceName(name, 'status.allocatedResources'))
  return [...errors, ...validateNonNegative(status.allocatedResources, 'status.allocatedResources')]
}

function validateNonNegative(amounts: Record<string, string> | undefined, path: string): FieldError[] {
  return Object.entries(amounts ?? {})
    .filter(([, amount]) => (parseQuantity(amount)?.nano ?? 0n) < 0n)
    .map(([name, amount]) => invalidField(`${path}[${name}]`, amount, 'must be greater than or equal to 0'))
}

function validateResourceName(name: string, field: string): FieldError[] {
  const errors = qualifiedNameErrors(name).map((m) => invalidField(field, name, m))
  if (errors.length > 0) return errors
  const isNative = !name.includes('/') || name.includes('kubernetes.io/')
  return isNative && name !== 'storage' ? [notSupportedField(field, name, ['storage'])] : []
}
