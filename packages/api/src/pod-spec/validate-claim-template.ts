import {
  dns1123SubdomainErrors,
  forbiddenField,
  invalidField,
  labelMapErrors,
  notSupportedField,
  parseQuantity,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1PersistentVolumeClaimSpec, V1PersistentVolumeClaimTemplate } from '../generated/types.ts'

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const volumeModes = ['Block', 'Filesystem']

/** The claim that an ephemeral volume makes for its pod. */
export function validateClaimTemplate(template: V1PersistentVolumeClaimTemplate, path: string): FieldError[] {
  const { labels = {}, annotations: _, ...others } = template.metadata ?? {}
  const errors = labelMapErrors(labels, `${path}.metadata.labels`)
  errors.push(...Object.keys(others).map((name) => forbiddenField(`${path}.metadata.${name}`, 'cannot be set')))
  return [...errors, ...validateClaimSpec(template.spec ?? {}, `${path}.spec`)]
}

function validateClaimSpec(spec: V1PersistentVolumeClaimSpec, path: string): FieldError[] {
  const { accessModes: modes = [], volumeMode, storageClassName } = spec
  const field = `${path}.accessModes`
  const errors: FieldError[] = modes.length > 0 ? [] : [requiredField(field, 'at least 1 access mode is required')]
  errors.push(...modes.filter((mode) => !accessModes.includes(mode)).map((mode) => notSupportedField(field, mode, accessModes)))
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode)))
    errors.push(forbiddenField(field, 'may not use ReadWriteOncePod with other access modes'))
  const storage = spec.resources?.requests?.['storage']
  if (storage === undefined) errors.push(requiredField(`${path}.resources[storage]`))
  else if ((parseQuantity(storage)?.nano ?? 0n) <= 0n)
    errors.push(invalidField(`${path}.resources[storage]`, storage, 'must be greater than zero'))
  if (storageClassName)
    errors.push(...dns1123SubdomainErrors(storageClassName).map((m) => invalidField(`${path}.storageClassName`, storageClassName, m)))
  if (volumeMode !== undefined && !volumeModes.includes(volumeMode))
    errors.push(notSupportedField(`${path}.volumeMode`, volumeMode, volumeModes))
  return errors
}
