import { isDeepStrictEqual } from 'node:util'

import { forbiddenField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { VolumeAttributesClass } from '../kinds/volume-attributes-class.ts'
import { validateParameters, validateProvisioner } from './storage-class.ts'

export function validateVolumeAttributesClass({ driverName, parameters = {} }: VolumeAttributesClass): FieldError[] {
  const errors = [...validateProvisioner(driverName, 'driverName'), ...validateParameters(parameters, 'parameters')]
  if (Object.keys(parameters).length === 0) errors.push(requiredField('parameters', 'must contain at least one key/value pair'))
  return errors
}

export function validateVolumeAttributesClassUpdate(object: VolumeAttributesClass, old: VolumeAttributesClass): FieldError[] {
  return (['driverName', 'parameters'] as const)
    .filter((name) => !isDeepStrictEqual(object[name], old[name]))
    .map((name) => forbiddenField(name, `updates to ${name} are forbidden.`))
}
