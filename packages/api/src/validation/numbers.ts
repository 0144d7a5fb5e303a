import { invalidField, isPercentage, percentageErrors, type FieldError } from '@quarterdeck/api-machinery'

import type { IntOrString } from '../generated/types.ts'

/** Of a field that is absent or at least 1. */
export function positive(value: number | undefined, field: string): FieldError[] {
  return value !== undefined && value <= 0 ? [invalidField(field, value, 'must be greater than 0')] : []
}

export function nonNegative(value: number | undefined, field: string): FieldError[] {
  return value !== undefined && value < 0 ? [invalidField(field, value, 'must be greater than or equal to 0')] : []
}

/** A count, or a percentage of at most 100%. */
export function validateCountOrPercent(value: IntOrString | undefined, field: string): FieldError[] {
  if (value === undefined) return []
  if (typeof value === 'number') return nonNegative(value, field)
  return percentageErrors(value).map((m) => invalidField(field, value, m))
}

export function isZeroCountOrPercent(value: IntOrString | undefined): boolean {
  return value === 0 || value === '0%'
}

export function exceedsWhole(value: IntOrString | undefined): boolean {
  return typeof value === 'string' && isPercentage(value) && Number(value.slice(0, -1)) > 100
}
