import { duplicateField, invalidField, notSupportedField, type FieldError } from '@quarterdeck/api-machinery'

import type { StorageV1TokenRequest } from '../generated/types.ts'
import type { CSIDriver } from '../kinds/csi-driver.ts'
import { immutableField } from './immutable.ts'

const fsGroupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType']
const lifecycleModes = ['Persistent', 'Ephemeral']
const minUpdatePeriodSeconds = 10
const minTokenSeconds = 600
const maxTokenSeconds = 2 ** 32

export function validateCsiDriver({ spec }: CSIDriver): FieldError[] {
  const { fsGroupPolicy, tokenRequests = [], nodeAllocatableUpdatePeriodSeconds: period } = spec
  const errors: FieldError[] = []
  if (fsGroupPolicy !== undefined && !fsGroupPolicies.includes(fsGroupPolicy))
    errors.push(notSupportedField('spec.fsGroupPolicy', fsGroupPolicy, fsGroupPolicies))
  errors.push(...validateTokenRequests(tokenRequests, 'spec.tokenRequests'))
  for (const mode of spec.volumeLifecycleModes ?? [])
    if (!lifecycleModes.includes(mode)) errors.push(notSupportedField('spec.volumeLifecycleModes', mode, lifecycleModes))
  if (period !== undefined && period < minUpdatePeriodSeconds)
    errors.push(invalidField('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds'))
  const inSecrets = spec.serviceAccountTokenInSecrets
  if (inSecrets !== undefined && tokenRequests.length === 0)
    errors.push(
      invalidField(
        'spec.serviceAccountTokenInSecrets',
        inSecrets,
        'serviceAccountTokenInSecrets is set but no tokenRequests are specified',
      ),
    )
  return errors
}

function validateTokenRequests(requests: readonly StorageV1TokenRequest[], path: string): FieldError[] {
  const audiences = new Set<string>()
  return requests.flatMap(({ audience, expirationSeconds: seconds = minTokenSeconds }, i) => {
    if (audiences.has(audience)) return [duplicateField(`${path}[${i}].audience`, audience)]
    audiences.add(audience)
    const field = `${path}[${i}].expirationSeconds`
    if (seconds < minTokenSeconds) return [invalidField(field, seconds, 'may not specify a duration less than 10 minutes')]
    return seconds > maxTokenSeconds ? [invalidField(field, seconds, 'may not specify a duration larger than 2^32 seconds')] : []
  })
}

export function validateCsiDriverUpdate({ spec }: CSIDriver, { spec: old }: CSIDriver): FieldError[] {
  return [
    ...immutableField(spec.attachRequired, old.attachRequired, 'spec.attachedRequired'),
    ...immutableField(spec.volumeLifecycleModes, old.volumeLifecycleModes, 'spec.volumeLifecycleModes'),
  ]
}
