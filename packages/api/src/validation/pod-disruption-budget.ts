import { invalidField, notSupportedField, type FieldError } from '@quarterdeck/api-machinery'

import type { PodDisruptionBudget } from '../kinds/pod-disruption-budget.ts'
import { validateLabelSelector } from '../pod-spec/validate-selector.ts'
import { validateConditions } from './conditions.ts'
import { exceedsWhole, nonNegative, validateCountOrPercent } from './numbers.ts'

const evictionPolicies = ['AlwaysAllow', 'IfHealthyBudget']

export function validatePodDisruptionBudget({ spec = {} }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec
  const errors: FieldError[] = []
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    errors.push(invalidField('spec', spec, 'minAvailable and maxUnavailable cannot be both set'))
  for (const [name, value] of Object.entries({ minAvailable, maxUnavailable })) {
    errors.push(...validateCountOrPercent(value, `spec.${name}`))
    if (exceedsWhole(value)) errors.push(invalidField(`spec.${name}`, value, 'must not be greater than 100%'))
  }
  if (selector) errors.push(...validateLabelSelector(selector, 'spec.selector'))
  if (policy !== undefined && !evictionPolicies.includes(policy))
    errors.push(notSupportedField('spec.unhealthyPodEvictionPolicy', policy, evictionPolicies))
  return errors
}

export function validatePodDisruptionBudgetStatus({ status }: PodDisruptionBudget): FieldError[] {
  return [
    ...validateConditions(status?.conditions, 'status.conditions'),
    ...nonNegative(status?.disruptionsAllowed, 'status.disruptionsAllowed'),
    ...nonNegative(status?.currentHealthy, 'status.currentHealthy'),
    ...nonNegative(status?.desiredHealthy, 'status.desiredHealthy'),
    ...nonNegative(status?.expectedPods, 'status.expectedPods'),
  ]
}
