import type { FieldError } from '@quarterdeck/api-machinery'

import type { ReplicaSet } from '../kinds/replica-set.ts'
import { validateSelector } from '../pod-spec/validate-selector.ts'
import { validateReplicaTemplate } from '../pod-spec/validate-template.ts'
import { immutableField } from './immutable.ts'
import { nonNegative } from './numbers.ts'

export function validateReplicaSet({ spec }: ReplicaSet): FieldError[] {
  if (!spec) return []
  return [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...validateSelector(spec.selector, 'spec.selector', 'replicaset'),
    ...validateReplicaTemplate(spec.template, spec.selector, 'spec.template'),
  ]
}

export function validateReplicaSetUpdate(replicaSet: ReplicaSet, old: ReplicaSet): FieldError[] {
  return immutableField(replicaSet.spec.selector, old.spec.selector, 'spec.selector')
}
