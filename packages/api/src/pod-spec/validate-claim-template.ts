import { forbiddenField, labelMapErrors, type FieldError } from '@quarterdeck/api-machinery'

import type { V1PersistentVolumeClaimTemplate } from '../generated/types.ts'
import { validateClaimSpec } from '../validation/claim-spec.ts'

/** The claim that an ephemeral volume makes for its pod. */
export function validateClaimTemplate(template: V1PersistentVolumeClaimTemplate, path: string): FieldError[] {
  const { labels = {}, annotations: _, ...others } = template.metadata ?? {}
  const errors = labelMapErrors(labels, `${path}.metadata.labels`)
  errors.push(...Object.keys(others).map((name) => forbiddenField(`${path}.metadata.${name}`, 'cannot be set')))
  return [...errors, ...validateClaimSpec(template.spec ?? {}, `${path}.spec`)]
}
