import { invalidField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { IntOrString, V1DaemonSetSpec } from '../generated/types.ts'
import type { DaemonSet } from '../kinds/daemon-set.ts'
import { validateSelector } from '../pod-spec/validate-selector.ts'
import { validateReplicaTemplate } from '../pod-spec/validate-template.ts'
import { immutableField } from './immutable.ts'
import { exceedsWhole, isZeroCountOrPercent, nonNegative, validateCountOrPercent } from './numbers.ts'
import { validateCollisionCount } from './replica-status.ts'

export function validateDaemonSet({ spec }: DaemonSet): FieldError[] {
  if (!spec) return []
  return [
    ...validateSelector(spec.selector, 'spec.selector', 'daemonset'),
    ...validateReplicaTemplate(spec.template, spec.selector, 'spec.template', 'DaemonSet'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...validateStrategy(spec),
    ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ]
}

function validateStrategy({ updateStrategy }: V1DaemonSetSpec): FieldError[] {
  const field = 'spec.updateStrategy'
  const { type, rollingUpdate } = updateStrategy ?? {}
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate') return [notSupportedField(field, type ?? '', ['OnDelete', 'RollingUpdate'])]
  return rollingUpdate ? validateRollingUpdate(rollingUpdate, `${field}.rollingUpdate`) : [requiredField(`${field}.rollingUpdate`)]
}

/** A node is updated either before its pod goes or after: exactly one of both figures says how many at once. */
function validateRollingUpdate(
  { maxUnavailable, maxSurge }: { maxUnavailable?: IntOrString | undefined; maxSurge?: IntOrString | undefined },
  path: string,
): FieldError[] {
  const figures = { maxUnavailable, maxSurge }
  const errors = Object.entries(figures).flatMap(([name, value]) => validateCountOrPercent(value, `${path}.${name}`))
  for (const [name, value] of Object.entries(figures))
    if (exceedsWhole(value)) errors.push(invalidField(`${path}.${name}`, value, 'must not be greater than 100%'))
  const isZero = (value: IntOrString | undefined): boolean => value === undefined || isZeroCountOrPercent(value)
  if (!isZero(maxUnavailable) && !isZero(maxSurge))
    errors.push(invalidField(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'))
  if (isZero(maxUnavailable) && isZero(maxSurge)) errors.push(requiredField(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'))
  return errors
}

export function validateDaemonSetUpdate(daemonSet: DaemonSet, old: DaemonSet): FieldError[] {
  return immutableField(daemonSet.spec.selector, old.spec.selector, 'spec.selector')
}

const counts = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
] as const

export function validateDaemonSetStatusUpdate({ status }: DaemonSet, { status: old }: DaemonSet): FieldError[] {
  return [
    ...counts.flatMap((name) => nonNegative(status?.[name], `status.${name}`)),
    ...validateCollisionCount(status?.collisionCount, old?.collisionCount),
  ]
}
