import { forbiddenField, invalidField, type FieldError } from '@quarterdeck/api-machinery'

import type { Lease } from '../kinds/lease.ts'
import { nonNegative, positive } from './numbers.ts'

export function validateLease({ spec }: Lease): FieldError[] {
  if (!spec) return []
  const { leaseDurationSeconds, leaseTransitions, strategy, preferredHolder } = spec
  return [
    ...positive(leaseDurationSeconds, 'spec.leaseDurationSeconds'),
    ...nonNegative(leaseTransitions, 'spec.leaseTransitions'),
    ...(strategy === undefined || /^[A-Za-z0-9]+([-./A-Za-z0-9]*[A-Za-z0-9])?$/.test(strategy)
      ? []
      : [invalidField('spec.strategy', strategy, 'must be a name such as OldestEmulationVersion')]),
    ...(preferredHolder && !strategy ? [forbiddenField('spec.preferredHolder', 'may only be specified if `strategy` is defined')] : []),
  ]
}
