import { invalidField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1DownwardAPIVolumeFile, V1KeyToPath } from '../generated/types.ts'
import { validateFieldRef, validateResourceFieldRef } from './validate-field-ref.ts'
import { validateFilePath } from './validate-path.ts'

const maxFileMode = 0o777
const offeredFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']

export function validateMode(mode: number | undefined, field: string): FieldError[] {
  const isValid = mode === undefined || (mode >= 0 && mode <= maxFileMode)
  return isValid ? [] : [invalidField(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
}

/** Keys of a ConfigMap or Secret and the files they become. */
export function validateItems(items: readonly V1KeyToPath[] | undefined, path: string): FieldError[] {
  return (items ?? []).flatMap((item, i) => [
    ...(item.key ? [] : [requiredField(`${path}[${i}].key`)]),
    ...(item.path ? validateFilePath(item.path, `${path}[${i}].path`) : [requiredField(`${path}[${i}].path`)]),
    ...validateMode(item.mode, `${path}[${i}].mode`),
  ])
}

/** A file that holds a field of the pod, or a resource of a container. `path` is the volume's: Kubernetes leaves the index out. */
export function validateDownwardFile(file: V1DownwardAPIVolumeFile, path: string): FieldError[] {
  const { fieldRef, resourceFieldRef } = file
  const errors = file.path ? validateFilePath(file.path, `${path}.path`) : [requiredField(`${path}.path`)]
  if (fieldRef) errors.push(...validateFieldRef(fieldRef, offeredFields, `${path}.fieldRef`))
  if (fieldRef && resourceFieldRef)
    errors.push(invalidField(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
  if (!fieldRef && resourceFieldRef)
    errors.push(...validateResourceFieldRef(resourceFieldRef, `${path}.resourceFieldRef`, { needsContainer: true }))
  if (!fieldRef && !resourceFieldRef) errors.push(requiredField(path, 'one of fieldRef and resourceFieldRef is required'))
  return [...errors, ...validateMode(file.mode, `${path}.mode`)]
}
