import { invalidField, labelMapErrors, qualifiedNameErrors, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1LabelSelector } from '../generated/types.ts'

export function isEmptySelector(selector: V1LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0
}

const operators = ['DoesNotExist', 'Exists', 'In', 'NotIn']

/** A selector that is required and must select something less than everything. */
export function validateSelector(selector: V1LabelSelector | undefined, field: string, kind: string): FieldError[] {
  if (!selector) return [requiredField(field)]
  if (isEmptySelector(selector)) return [invalidField(field, selector, `empty selector is invalid for ${kind}`)]
  return validateLabelSelector(selector, field)
}

export function validateLabelSelector(selector: V1LabelSelector, field: string): FieldError[] {
  const errors = labelMapErrors(selector.matchLabels, `${field}.matchLabels`)
  for (const [i, { key, operator, values }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${i}]`
    errors.push(...qualifiedNameErrors(key ?? '').map((m) => invalidField(`${at}.key`, key, m)))
    if (!operators.includes(operator)) errors.push(invalidField(`${at}.operator`, operator, 'not a valid selector operator'))
    if ((operator === 'In' || operator === 'NotIn') && !values?.length)
      errors.push(requiredField(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
    if ((operator === 'Exists' || operator === 'DoesNotExist') && values?.length)
      errors.push({
        reason: 'FieldValueForbidden',
        field: `${at}.values`,
        message: "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      })
  }
  return errors
}
