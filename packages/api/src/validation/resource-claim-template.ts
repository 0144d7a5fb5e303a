import { forbiddenField, labelMapErrors, type FieldError } from '@quarterdeck/api-machinery'

import type { ResourceClaimTemplate } from '../kinds/resource-claim-template.ts'
import { validateResourceClaimSpec } from './device-claim.ts'
import { immutableField } from './immutable.ts'

export function validateResourceClaimTemplate({ spec }: ResourceClaimTemplate): FieldError[] {
  const { labels = {}, annotations: _, ...others } = spec?.metadata ?? {}
  return [
    ...labelMapErrors(labels, 'spec.metadata.labels'),
    ...Object.keys(others).map((name) => forbiddenField(`spec.metadata.${name}`, 'cannot be set')),
    ...validateResourceClaimSpec(spec?.spec, 'spec.spec'),
  ]
}

export function validateResourceClaimTemplateUpdate({ spec }: ResourceClaimTemplate, { spec: old }: ResourceClaimTemplate): FieldError[] {
  return immutableField(spec, old, 'spec')
}
