import {
  dns1123LabelErrors,
  forbiddenField,
  invalidField,
  notSupportedField,
  parseQuantity,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type {
  V2CrossVersionObjectReference,
  V2HPAScalingPolicy,
  V2HPAScalingRules,
  V2MetricIdentifier,
  V2MetricSpec,
  V2MetricTarget,
} from '../generated/types.ts'
import type { HorizontalPodAutoscaler } from '../kinds/horizontal-pod-autoscaler.ts'
import { nonNegative } from './numbers.ts'
import { containerResourceNameErrors } from './resource-names.ts'

const maxPeriodSeconds = 1800
const maxWindowSeconds = 3600

export function validateHorizontalPodAutoscaler({ spec }: HorizontalPodAutoscaler): FieldError[] {
  if (!spec) return []
  const { minReplicas, maxReplicas = 0, behavior } = spec
  const errors: FieldError[] = []
  if (minReplicas !== undefined && minReplicas < 1)
    errors.push(invalidField('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'))
  if (maxReplicas === 0) errors.push(requiredField('spec.maxReplicas', 'must be set and greater than 0'))
  else if (maxReplicas < 0) errors.push(invalidField('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1'))
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.push(invalidField('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'))
  return [
    ...errors,
    ...validateReference(spec.scaleTargetRef, 'spec.scaleTargetRef'),
    ...(spec.metrics ?? []).flatMap((metric, i) => validateMetric(metric, `spec.metrics[${i}]`)),
    ...validateRules(behavior?.scaleUp, 'spec.behavior.scaleUp'),
    ...validateRules(behavior?.scaleDown, 'spec.behavior.scaleDown'),
  ]
}

export function validateHorizontalPodAutoscalerStatus({ status }: HorizontalPodAutoscaler): FieldError[] {
  return [
    ...nonNegative(status?.currentReplicas, 'status.currentReplicas'),
    ...nonNegative(status?.desiredReplicas, 'status.desiredReplicas'),
  ]
}

function validateReference(reference: V2CrossVersionObjectReference | undefined, field: string): FieldError[] {
  const { kind = '', name = '', apiVersion = '' } = reference ?? {}
  const errors = [...validateSegment(kind, `${field}.kind`), ...validateSegment(name, `${field}.name`)]
  if (apiVersion.split('/').length > 2)
    errors.push(invalidField(`${field}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`))
  return errors
}

/** What can stand between two slashes of a path. */
function validateSegment(text: string, field: string, missing = ''): FieldError[] {
  if (!text) return [requiredField(field, missing)]
  if (text === '.' || text === '..') return [invalidField(field, text, `may not be '${text}'`)]
  return ['/', '%'].filter((c) => text.includes(c)).map((c) => invalidField(field, text, `may not contain '${c}'`))
}

function validateRules(rules: V2HPAScalingRules | undefined, field: string): FieldError[] {
  if (!rules) return []
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules
  const errors: FieldError[] = []
  if (window !== undefined && window < 0)
    errors.push(invalidField(`${field}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'))
  if (window !== undefined && window > maxWindowSeconds)
    errors.push(invalidField(`${field}.stabilizationWindowSeconds`, window, `must be less than or equal to ${maxWindowSeconds}`))
  if (selectPolicy !== undefined && !['Disabled', 'Max', 'Min'].includes(selectPolicy))
    errors.push(notSupportedField(`${field}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min']))
  if (policies.length === 0) errors.push(requiredField(`${field}.policies`, 'must specify at least one Policy'))
  if (tolerance !== undefined && (parseQuantity(tolerance)?.nano ?? 0n) < 0n)
    errors.push(invalidField(`${field}.tolerance`, tolerance, 'must be greater than or equal to 0'))
  return [...errors, ...policies.flatMap((policy, i) => validatePolicy(policy, `${field}.policies[${i}]`))]
}

function validatePolicy({ type, value, periodSeconds }: V2HPAScalingPolicy, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (type !== 'Pods' && type !== 'Percent') errors.push(notSupportedField(`${field}.type`, type, ['Percent', 'Pods']))
  if (value <= 0) errors.push(invalidField(`${field}.value`, value, 'must be greater than zero'))
  if (periodSeconds <= 0) errors.push(invalidField(`${field}.periodSeconds`, periodSeconds, 'must be greater than zero'))
  if (periodSeconds > maxPeriodSeconds)
    errors.push(invalidField(`${field}.periodSeconds`, periodSeconds, `must be less than or equal to ${maxPeriodSeconds}`))
  return errors
}

/** The field that holds each type of metric. */
const sources = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
} as const
const sourceFields = ['object', 'external', 'pods', 'resource', 'containerResource'] as const

function validateMetric(metric: V2MetricSpec, field: string): FieldError[] {
  const { type = '' } = metric
  const errors: FieldError[] = type ? [] : [requiredField(`${field}.type`, 'must specify a metric source type')]
  const expected = Object.hasOwn(sources, type) ? sources[type as keyof typeof sources] : undefined
  if (!expected) errors.push(notSupportedField(`${field}.type`, type, Object.keys(sources)))
  const present = sourceFields.filter((name) => metric[name] !== undefined)
  if (present[0]) errors.push(...validateSource(metric, present[0], `${field}.${present[0]}`))
  if (expected && metric[expected] === undefined)
    errors.push(requiredField(`${field}.${expected}`, 'must populate information for the given metric source'))
  if (present.length > 1)
    for (const name of present)
      if (name !== expected) errors.push(forbiddenField(`${field}.${name}`, 'must populate the given metric source only'))
  return errors
}

function validateSource(metric: V2MetricSpec, source: (typeof sourceFields)[number], field: string): FieldError[] {
  const target = metric[source]?.target
  const named = metric.object ?? metric.external ?? metric.pods
  const errors = validateTarget(target, `${field}.target`)
  if (source === 'object') errors.unshift(...validateReference(metric.object?.describedObject, `${field}.describedObject`))
  if (source === 'resource' || source === 'containerResource') {
    errors.unshift(...validateResource(metric, source, field))
    errors.push(...onlyOne(target, 'averageUtilization', 'averageValue', `${field}.target`))
  } else errors.unshift(...validateIdentifier(named?.metric, `${field}.metric`))
  if (source === 'pods' && target?.averageValue === undefined)
    errors.push(requiredField(`${field}.target.averageValue`, 'must specify a positive target averageValue'))
  if (source === 'object' && target?.value === undefined && target?.averageValue === undefined)
    errors.push(requiredField(`${field}.target.averageValue`, 'must set either a target value or averageValue'))
  if (source === 'external') {
    if (target?.value === undefined && target?.averageValue === undefined)
      errors.push(requiredField(`${field}.target.averageValue`, 'must set either a target value for metric or a per-pod target'))
    if (target?.value !== undefined && target.averageValue !== undefined)
      errors.push(forbiddenField(`${field}.target.value`, 'may not set both a target value for metric and a per-pod target'))
  }
  return errors
}

function validateResource(metric: V2MetricSpec, source: 'resource' | 'containerResource', field: string): FieldError[] {
  const name = metric[source]?.name ?? ''
  const errors = name ? [] : [requiredField(`${field}.name`, 'must specify a resource name')]
  if (source === 'resource') return errors
  if (name) errors.push(...containerResourceNameErrors(name, `${field}.name`))
  const container = metric.containerResource?.container ?? ''
  if (!container) return [...errors, requiredField(`${field}.container`, 'must specify a container')]
  return [...errors, ...dns1123LabelErrors(container).map((m) => invalidField(`${field}.container`, container, m))]
}

function onlyOne(target: V2MetricTarget | undefined, one: 'averageUtilization', other: 'averageValue', field: string): FieldError[] {
  const both = [target?.[one], target?.[other]].filter((value) => value !== undefined)
  if (both.length === 1) return []
  return both.length === 0
    ? [requiredField(`${field}.${one}`, 'must set either a target raw value or a target utilization')]
    : [forbiddenField(`${field}.${other}`, 'may not set both a target raw value and a target utilization')]
}

function validateTarget(target: V2MetricTarget | undefined, field: string): FieldError[] {
  const { type = '', value, averageValue, averageUtilization } = target ?? {}
  const errors: FieldError[] = type ? [] : [requiredField(`${field}.type`, 'must specify a metric target type')]
  if (!['Utilization', 'Value', 'AverageValue'].includes(type))
    errors.push(invalidField(`${field}.type`, type, 'must be either Utilization, Value, or AverageValue'))
  for (const [name, amount] of Object.entries({ value, averageValue }))
    if (amount !== undefined && (parseQuantity(amount)?.nano ?? 0n) <= 0n)
      errors.push(invalidField(`${field}.${name}`, amount, 'must be positive'))
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(invalidField(`${field}.averageUtilization`, averageUtilization, 'must be greater than 0'))
  return errors
}

const validateIdentifier = (metric: V2MetricIdentifier | undefined, field: string): FieldError[] =>
  validateSegment(metric?.name ?? '', `${field}.name`, 'must specify a metric name')
