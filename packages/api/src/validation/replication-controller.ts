import { requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { ReplicationController } from '../kinds/replication-controller.ts'
import { validateReplicaTemplate } from '../pod-spec/validate-template.ts'
import { nonNegative } from './numbers.ts'

export function validateReplicationController({ spec }: ReplicationController): FieldError[] {
  if (!spec) return []
  const hasSelector = Object.keys(spec.selector ?? {}).length > 0
  return [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...(hasSelector ? [] : [requiredField('spec.selector')]),
    ...validateReplicaTemplate(spec.template, { matchLabels: spec.selector }, 'spec.template', 'ReplicationController'),
  ]
}
