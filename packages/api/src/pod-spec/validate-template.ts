import {
  invalidField,
  labelMapErrors,
  matchesLabelSelector,
  notSupportedField,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1LabelSelector, V1PodTemplateSpec } from '../generated/types.ts'
import { validatePodSpec } from './validate-pod-spec.ts'
import { isEmptySelector } from './validate-selector.ts'

export function validatePodTemplateSpec(template: V1PodTemplateSpec, field: string): FieldError[] {
  const errors = labelMapErrors(template.metadata?.labels, `${field}.labels`)
  if (!template.spec) return [...errors, requiredField(`${field}.spec.containers`)]
  return [...errors, ...validatePodSpec(template.spec, `${field}.spec`)]
}

/** The template of a kind that keeps pods running for ever: its labels must match the selector. */
export function validateReplicaTemplate(
  template: V1PodTemplateSpec | undefined,
  selector: V1LabelSelector | undefined,
  field: string,
  kind: 'DaemonSet' | 'ReplicaSet' | 'ReplicationController' | 'StatefulSet' = 'ReplicaSet',
): FieldError[] {
  if (!template) return [requiredField(field)]
  const errors: FieldError[] = []
  // A selector that is missing selects nothing.
  if (!selector || (!isEmptySelector(selector) && !matchesLabelSelector(selector, template.metadata?.labels))) {
    errors.push(invalidField(`${field}.metadata.labels`, template.metadata?.labels ?? null, '`selector` does not match template `labels`'))
  }
  errors.push(...validatePodTemplateSpec(template, field))
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {}
  if (restartPolicy && restartPolicy !== 'Always') errors.push(notSupportedField(`${field}.spec.restartPolicy`, restartPolicy, ['Always']))
  if (activeDeadlineSeconds !== undefined)
    errors.push({
      reason: 'FieldValueForbidden',
      field: `${field}.spec.activeDeadlineSeconds`,
      message: `Forbidden: activeDeadlineSeconds in ${kind} is not Supported`,
    })
  return errors
}
