import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  forbiddenField,
  invalidField,
  requiredField,
  valueOf,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1CapacityRequestPolicy, V1CapacityRequestPolicyRange, V1DeviceCapacity } from '../generated/types.ts'
import { validateSet } from './bounded-lists.ts'

const maxChoices = 10

/** How much a device has of something. Only of a device that several claims can share it says how much each may take. */
export function validateDeviceCapacity(
  { value, requestPolicy: policy }: V1DeviceCapacity,
  { field, isShared }: { field: string; isShared: boolean },
): FieldError[] {
  if (!policy) return []
  const at = `${field}.requestPolicy`
  if (!isShared) return [forbiddenField(at, 'allowMultipleAllocations must be true')]
  return validatePolicy(policy, value, at)
}

function validatePolicy({ default: preset, validValues = [], validRange }: V1CapacityRequestPolicy, capacity: string, at: string) {
  if (validValues.length > 0 && validRange)
    return [forbiddenField(at, 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time')]
  const kind = validValues.length > 0 ? 'validValues' : validRange ? 'validRange' : undefined
  if (!kind) return []
  if (preset === undefined) return [requiredField(`${at}.default`, `required when ${kind} is defined`)]
  return validRange
    ? validateRange(validRange, { preset, capacity, field: `${at}.validRange` })
    : validateChoices(validValues, { preset, capacity, field: `${at}.validValues` })
}

interface Policy {
  preset: string
  capacity: string
  field: string
}

function validateChoices(choices: readonly string[], { preset, capacity, field }: Policy): FieldError[] {
  const isUnsorted = (choice: string, i: number): boolean => i > 0 && compareQuantities(choices[i - 1] ?? choice, choice) > 0
  const unsorted = 'values must be sorted in ascending order'
  const errors = choices.flatMap((choice, i) => (isUnsorted(choice, i) ? [invalidField(`${field}[${i}]`, choice, unsorted)] : []))
  errors.push(
    ...validateSet(choices, {
      field,
      max: maxChoices,
      item: (choice, at) =>
        compareQuantities(choice, capacity) > 0
          ? [invalidField(at, choice, `option is larger than capacity value: ${canonicalQuantity(capacity)}`)]
          : [],
      keyOf: (choice) => String(valueOf(choice)),
    }),
  )
  if (choices.length > maxChoices || !choices.some((choice) => compareQuantities(choice, preset) === 0))
    errors.push(invalidField(field, preset, 'default value is not valid according to the requestPolicy'))
  return errors
}

function validateRange({ min, max, step }: V1CapacityRequestPolicyRange, { preset, capacity, field }: Policy): FieldError[] {
  if (min === undefined) return [requiredField(`${field}.min`, 'required when validRange is defined')]
  const errors: FieldError[] = []
  const over = (isOver: boolean, key: string, value: string, text: string, limit: string): void => {
    if (isOver) errors.push(invalidField(`${field}.${key}`, value, `${text}: ${canonicalQuantity(limit)}`))
  }
  over(compareQuantities(min, capacity) > 0, 'min', min, 'min is larger than capacity value', capacity)
  over(compareQuantities(preset, min) < 0, 'min', preset, 'default is less than min', min)
  if (max !== undefined) {
    over(compareQuantities(min, max) > 0, 'max', min, 'min is larger than max', max)
    over(compareQuantities(max, capacity) > 0, 'max', max, 'max is larger than capacity value', capacity)
    over(compareQuantities(preset, max) > 0, 'max', preset, 'default is more than max', max)
  }
  if (step === undefined) return errors
  const first = addQuantities(min, step)
  over(compareQuantities(first, capacity) > 0, 'step', step, `one step ${first} is larger than capacity value`, capacity)
  const isBetween = (value: string): boolean => valueOf(step) === 0 || (valueOf(value) - valueOf(min)) % valueOf(step) !== 0
  for (const value of max === undefined ? [preset] : [preset, max])
    if (isBetween(value))
      errors.push(invalidField(`${field}.step`, value, `value is not a multiple of a given step (${step}) from (${min})`))
  return errors
}
