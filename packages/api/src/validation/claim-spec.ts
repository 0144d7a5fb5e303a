import { isDeepStrictEqual } from 'node:util'

import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  invalidField,
  notSupportedField,
  parseQuantity,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1PersistentVolumeClaimSpec, V1TypedObjectReference } from '../generated/types.ts'
import { validateLabelSelector } from '../pod-spec/validate-selector.ts'
import { volumeModes } from '../volumes/access-modes.ts'
import { validateAccessModes } from './access-modes.ts'
import { validateClassName } from './class-name.ts'

/** What a claim asks for: of the object itself, and of the templates that make such objects. */
export function validateClaimSpec(spec: V1PersistentVolumeClaimSpec, path: string): FieldError[] {
  const { accessModes, selector, volumeMode } = spec
  const errors = validateAccessModes(accessModes, `${path}.accessModes`, 'at least 1 access mode is required')
  if (selector) errors.push(...validateLabelSelector(selector, `${path}.selector`))
  errors.push(...validateStorageRequest(spec.resources?.requests?.['storage'], `${path}.resources[storage]`))
  errors.push(...validateClassName(spec.storageClassName, `${path}.storageClassName`))
  if (volumeMode !== undefined && !volumeModes.includes(volumeMode))
    errors.push(notSupportedField(`${path}.volumeMode`, volumeMode, volumeModes))
  errors.push(...validateDataSources(spec, path))
  errors.push(...validateClassName(spec.volumeAttributesClassName, `${path}.volumeAttributesClassName`))
  return errors
}

function validateStorageRequest(storage: string | undefined, field: string): FieldError[] {
  if (storage === undefined) return [requiredField(field)]
  return (parseQuantity(storage)?.nano ?? 0n) > 0n ? [] : [invalidField(field, storage, 'must be greater than zero')]
}

function validateDataSources({ dataSource, dataSourceRef }: V1PersistentVolumeClaimSpec, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (dataSource) errors.push(...validateDataSource(dataSource, `${path}.dataSource`))
  if (!dataSourceRef) return errors
  errors.push(...validateDataSource(dataSourceRef, `${path}.dataSourceRef`))
  const { namespace, ...reference } = dataSourceRef
  if (namespace) errors.push(...dns1123LabelErrors(namespace).map((m) => invalidField(`${path}.dataSourceRef.namespace`, namespace, m)))
  if (!dataSource) return errors
  if (namespace) errors.push(invalidField(path, `${path}.dataSource`, 'may not be specified when dataSourceRef.namespace is specified'))
  else if (!isDeepStrictEqual({ ...dataSource }, reference))
    errors.push(invalidField(path, `${path}.dataSource`, 'must match dataSourceRef'))
  return errors
}

function validateDataSource({ apiGroup = '', kind, name }: V1TypedObjectReference, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (!name) errors.push(requiredField(`${path}.name`))
  if (!kind) errors.push(requiredField(`${path}.kind`))
  if (!apiGroup && kind !== 'PersistentVolumeClaim')
    errors.push(invalidField(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
  if (apiGroup) errors.push(...dns1123SubdomainErrors(apiGroup).map((m) => invalidField(`${path}.apiGroup`, apiGroup, m)))
  return errors
}
