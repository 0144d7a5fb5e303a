import {
  duplicateField,
  invalidField,
  notSupportedField,
  qualifiedNameErrors,
  requiredField,
  tooManyField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type {
  V1JobSpec,
  V1PodFailurePolicyOnExitCodesRequirement,
  V1PodFailurePolicyOnPodConditionsPattern,
  V1PodFailurePolicyRule,
} from '../generated/types.ts'

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']
const statuses = ['False', 'True', 'Unknown']
const most = { rules: 20, exitCodes: 255, patterns: 20 }

export function validatePodFailurePolicy(spec: V1JobSpec, field: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? []
  const errors = rules.length > most.rules ? [tooManyField(`${field}.rules`, rules.length, most.rules)] : []
  return [...errors, ...rules.flatMap((rule, i) => validateRule(spec, rule, `${field}.rules[${i}]`))]
}

function validateRule(spec: V1JobSpec, rule: V1PodFailurePolicyRule, field: string): FieldError[] {
  const { onExitCodes, onPodConditions = [] } = rule
  const errors = validateAction(spec, rule.action, `${field}.action`)
  if (onExitCodes) errors.push(...validateOnExitCodes(spec, onExitCodes, `${field}.onExitCodes`))
  if (onPodConditions.length > 0) errors.push(...validateOnPodConditions(onPodConditions, `${field}.onPodConditions`))
  if (onExitCodes && onPodConditions.length > 0)
    errors.push(wrong(field, 'specifying both OnExitCodes and OnPodConditions is not supported'))
  if (!onExitCodes && onPodConditions.length === 0)
    errors.push(wrong(field, 'specifying one of OnExitCodes and OnPodConditions is required'))
  return errors
}

/** An error that shows no value. */
function wrong(field: string, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${detail}` }
}

function validateAction(spec: V1JobSpec, action: string | undefined, field: string): FieldError[] {
  if (!action) return [requiredField(field, `valid values: ${quoted(actions)}`)]
  if (!actions.includes(action)) return [notSupportedField(field, action, actions)]
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    return [invalidField(field, action, 'requires the backoffLimitPerIndex to be set')]
  return []
}

const quoted = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`

function validateOnPodConditions(patterns: readonly V1PodFailurePolicyOnPodConditionsPattern[], field: string): FieldError[] {
  const errors = patterns.length > most.patterns ? [tooManyField(field, patterns.length, most.patterns)] : []
  for (const [i, { type, status }] of patterns.entries()) {
    const at = `${field}[${i}]`
    errors.push(...qualifiedNameErrors(type ?? '').map((message) => invalidField(`${at}.type`, type ?? '', message)))
    if (!status) errors.push(requiredField(`${at}.status`, `valid values: ${quoted(statuses)}`))
    else if (!statuses.includes(status)) errors.push(notSupportedField(`${at}.status`, status, statuses))
  }
  return errors
}

function validateOnExitCodes(spec: V1JobSpec, requirement: V1PodFailurePolicyOnExitCodesRequirement, field: string): FieldError[] {
  const { operator, containerName, values = [] } = requirement
  const errors: FieldError[] = []
  if (!operator) errors.push(requiredField(`${field}.operator`, `valid values: ${quoted(operators)}`))
  else if (!operators.includes(operator)) errors.push(notSupportedField(`${field}.operator`, operator, operators))
  const containers = [...(spec.template?.spec?.containers ?? []), ...(spec.template?.spec?.initContainers ?? [])]
  if (containerName !== undefined && !containers.some(({ name }) => name === containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template'
    errors.push(invalidField(`${field}.containerName`, containerName, detail))
  }
  return [...errors, ...validateExitCodes(operator, values, `${field}.values`)]
}

function validateExitCodes(operator: string, values: readonly number[], field: string): FieldError[] {
  const errors: FieldError[] = []
  if (values.length === 0) errors.push(invalidField(field, values, 'at least one value is required'))
  if (values.length > most.exitCodes) errors.push(tooManyField(field, values.length, most.exitCodes))
  for (const [i, value] of values.entries()) {
    if (operator === 'In' && value === 0) errors.push(invalidField(`${field}[${i}]`, value, 'must not be 0 for the In operator'))
    if (values.indexOf(value) < i) errors.push(duplicateField(`${field}[${i}]`, value))
  }
  if (values.some((value, i) => i > 0 && values[i - 1]! > value)) errors.push(invalidField(field, values, 'must be ordered'))
  return errors
}
