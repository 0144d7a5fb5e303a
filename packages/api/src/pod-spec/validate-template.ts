import {
  invalidField,
  labelValueErrors,
  matchesLabelSelector,
  notSupportedField,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1LabelSelector, V1PodTemplateSpec } from '../generated/types.ts'
import { validatePodSpec } from './validate-pod-spec.ts'

export function validatePodTemplateSpec(template: V1PodTemplateSpec, field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const [key, value] of Object.entries(template.metadata?.labels ?? {})) {
    errors.push(
      ...qualifiedNameErrors(key).map((m) => invalidField(`${field}.labels`, key, m)),
      ...labelValueErrors(value).map((m) => invalidField(`${field}.labels`, value, m)),
    )
  }
  if (!template.spec) return [...errors, requiredField(`${field}.spec.containers`)]
  return [...errors, ...validatePodSpec(template.spec, `${field}.spec`)]
}

/** The template of a kind that keeps pods running for ever: its labels must match the selector. */
export function validateReplicaTemplate(
  template: V1PodTemplateSpec | undefined,
  selector: V1LabelSelector | undefined,
  field: string,
): FieldError[] {
  if (!template) return [requiredField(field)]
  const errors: FieldError[] = []
  if (selector && !isEmptySelector(selector) && !matchesLabelSelector(selector, template.metadata?.labels)) {
    errors.push(invalidField(`${field}.metadata.labels`, template.metadata?.labels ?? {}, '`selector` does not match template `labels`'))
  }
  errors.push(...validatePodTemplateSpec(template, field))
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {}
  if (restartPolicy && restartPolicy !== 'Always') errors.push(notSupportedField(`${field}.spec.restartPolicy`, restartPolicy, ['Always']))
  if (activeDeadlineSeconds !== undefined)
    errors.push({
      reason: 'FieldValueForbidden',
      field: `${field}.spec.activeDeadlineSeconds`,
      message: 'Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
    })
  return errors
}

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
  const errors: FieldError[] = []
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    errors.push(
      ...qualifiedNameErrors(key).map((m) => invalidField(`${field}.matchLabels`, key, m)),
      ...labelValueErrors(value).map((m) => invalidField(`${field}.matchLabels`, value, m)),
    )
  }
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
