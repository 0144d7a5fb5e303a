import {
  invalidField,
  labelValueErrors,
  notSupportedField,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1DeviceTaint, V1DeviceToleration } from '../generated/types.ts'

const effects = ['NoExecute', 'NoSchedule', 'None']

export function validateDeviceTaint({ key = '', value, effect }: V1DeviceTaint, field: string): FieldError[] {
  return [
    ...keyErrors(key, `${field}.key`),
    ...(value ? valueErrors(value, `${field}.value`) : []),
    ...(effect ? effectErrors(effect, `${field}.effect`) : [requiredField(`${field}.effect`)]),
  ]
}

export function validateDeviceToleration({ key, operator, value, effect }: V1DeviceToleration, field: string): FieldError[] {
  return [
    ...(key ? keyErrors(key, `${field}.key`) : []),
    ...operatorErrors(operator, value ?? '', field),
    ...(effect ? effectErrors(effect, `${field}.effect`) : []),
  ]
}

function operatorErrors(operator: string | undefined, value: string, field: string): FieldError[] {
  if (operator === 'Exists') return value ? [invalidField(`${field}.value`, value, 'must be empty for operator `Exists`')] : []
  if (operator === 'Equal') return valueErrors(value, `${field}.value`)
  return [operator ? notSupportedField(`${field}.operator`, operator, ['Equal', 'Exists']) : requiredField(`${field}.operator`)]
}

const keyErrors = (key: string, field: string): FieldError[] => qualifiedNameErrors(key).map((m) => invalidField(field, key, m))
const valueErrors = (value: string, field: string): FieldError[] => labelValueErrors(value).map((m) => invalidField(field, value, m))
const effectErrors = (effect: string, field: string): FieldError[] =>
  effects.includes(effect) ? [] : [notSupportedField(field, effect, effects)]
