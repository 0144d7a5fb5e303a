import { forbiddenField, invalidField, notSupportedField, type FieldError } from '@quarterdeck/api-machinery'

import type { Deployment } from '../kinds/deployment.ts'
import { validateSelector } from '../pod-spec/validate-selector.ts'
import { validateReplicaTemplate } from '../pod-spec/validate-template.ts'
import { immutableField } from './immutable.ts'
import { exceedsWhole, isZeroCountOrPercent, nonNegative, validateCountOrPercent } from './numbers.ts'

export function validateDeployment({ spec }: Deployment): FieldError[] {
  if (!spec) return []
  const errors = [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...validateSelector(spec.selector, 'spec.selector', 'deployment'),
    ...validateReplicaTemplate(spec.template, spec.selector, 'spec.template'),
    ...validateStrategy(spec),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...nonNegative(spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds'),
  ]
  const { progressDeadlineSeconds, minReadySeconds = 0 } = spec
  if (progressDeadlineSeconds !== undefined && progressDeadlineSeconds <= minReadySeconds)
    errors.push(invalidField('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds'))
  return errors
}

function validateStrategy({ strategy }: Deployment['spec']): FieldError[] {
  const { type, rollingUpdate } = strategy ?? {}
  if (type === 'Recreate')
    return rollingUpdate ? [forbiddenField('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")] : []
  if (type !== 'RollingUpdate') return [notSupportedField('spec.strategy.type', type ?? '', ['Recreate', 'RollingUpdate'])]
  const field = 'spec.strategy.rollingUpdate'
  const { maxSurge, maxUnavailable } = rollingUpdate ?? {}
  const errors = [
    ...validateCountOrPercent(maxUnavailable, `${field}.maxUnavailable`),
    ...validateCountOrPercent(maxSurge, `${field}.maxSurge`),
  ]
  if (isZeroCountOrPercent(maxUnavailable) && isZeroCountOrPercent(maxSurge))
    errors.push(invalidField(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'))
  if (exceedsWhole(maxUnavailable)) errors.push(invalidField(`${field}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'))
  return errors
}

export function validateDeploymentUpdate(deployment: Deployment, old: Deployment): FieldError[] {
  return immutableField(deployment.spec.selector, old.spec.selector, 'spec.selector')
}
