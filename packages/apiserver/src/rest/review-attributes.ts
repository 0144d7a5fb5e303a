import type {
  V1FieldSelectorAttributes,
  V1LabelSelectorAttributes,
  V1ResourceAttributes,
  V1SubjectAccessReviewSpec,
} from '@quarterdeck/api'
import {
  invalidField,
  isApiError,
  parseFieldSelector,
  parseLabelSelector,
  requiredField,
  type FieldError,
  type FieldRequirement,
  type Requirement,
} from '@quarterdeck/api-machinery'

import type { AuthorizationAttributes } from '../auth/authorizer.ts'

/** A review as far as its answer needs it; which fields of the spec there are depends on its kind. */
export interface AccessReview {
  apiVersion: string
  kind: string
  metadata: { namespace?: string; creationTimestamp?: string }
  spec: V1SubjectAccessReviewSpec & { namespace?: string; token?: string; audiences?: string[] }
}

type SelectorAttributes = V1FieldSelectorAttributes | V1LabelSelectorAttributes
type SelectorTerm = { key: string; operator: string; values?: string[] | undefined }

/** What is wrong with a review of access; `namespace` is that of its path, if it has one. */
export function validateAccessReview(kind: string, { metadata, spec }: AccessReview, namespace: string): FieldError[] {
  const { resourceAttributes, nonResourceAttributes, user = '', groups = [] } = spec
  const errors: FieldError[] = []
  if (resourceAttributes && nonResourceAttributes) {
    const detail = 'cannot be specified in combination with resourceAttributes'
    errors.push(invalidField('spec.nonResourceAttributes', nonResourceAttributes, detail))
  } else if (!resourceAttributes && !nonResourceAttributes) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    errors.push(invalidField('spec.resourceAttributes', null, detail))
  }
  if (kind !== 'SelfSubjectAccessReview' && !user && groups.length === 0)
    errors.push(invalidField('spec.user', user, 'at least one of user or group must be specified'))
  errors.push(...validateSelectors(resourceAttributes))
  const isLocal = kind === 'LocalSubjectAccessReview'
  const { namespace: _, ...others } = metadata
  if (Object.keys(isLocal ? others : metadata).length > 0)
    errors.push(invalidField('metadata', metadata, isLocal ? 'must be empty except for namespace' : 'must be empty'))
  return isLocal ? [...errors, ...localErrors(spec, namespace)] : errors
}

function localErrors({ resourceAttributes, nonResourceAttributes }: AccessReview['spec'], namespace: string): FieldError[] {
  const errors: FieldError[] = []
  if (resourceAttributes && (resourceAttributes.namespace ?? '') !== namespace) {
    const field = 'spec.resourceAttributes.namespace'
    errors.push(invalidField(field, resourceAttributes.namespace ?? '', 'must match metadata.namespace'))
  }
  if (nonResourceAttributes)
    errors.push(invalidField('spec.nonResourceAttributes', nonResourceAttributes, 'disallowed on this kind of request'))
  return errors
}

function validateSelectors(attributes: V1ResourceAttributes | undefined): FieldError[] {
  const at = 'spec.resourceAttributes'
  return [
    ...validateSelector(attributes?.fieldSelector, `${at}.fieldSelector`),
    ...validateSelector(attributes?.labelSelector, `${at}.labelSelector`),
  ]
}

function validateSelector(selector: SelectorAttributes | undefined, field: string): FieldError[] {
  if (!selector) return []
  const { rawSelector = '', requirements = [] } = selector
  const errors: FieldError[] = []
  if (rawSelector && requirements.length > 0)
    errors.push(invalidField(`${field}.rawSelector`, rawSelector, 'may not specified at the same time as requirements'))
  if (!rawSelector && requirements.length === 0)
    errors.push(requiredField(`${field}.requirements`, `when ${field} is specified, requirements or rawSelector is required`))
  return [...errors, ...requirements.flatMap((term, i) => validateTerm(term, `${field}.requirements[${i}]`))]
}

function validateTerm({ key, operator, values = [] }: SelectorTerm, field: string): FieldError[] {
  const errors = key ? [] : [requiredField(`${field}.key`, 'must be specified')]
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
    errors.push(requiredField(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
  return errors
}

export type ReviewedAttributes = Omit<AuthorizationAttributes, 'user'>

/** What a review asks about, and what of its selectors nobody understands. */
export function reviewedAttributes({ resourceAttributes, nonResourceAttributes }: AccessReview['spec']): {
  attributes: ReviewedAttributes
  errors: string[]
} {
  const none = { verb: '', group: '', resource: '', subresource: '', namespace: '', name: '', path: '' }
  if (!resourceAttributes)
    return { attributes: { ...none, verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' }, errors: [] }
  const { fieldSelector, labelSelector, ...named } = resourceAttributes
  const fields = fieldSelector && fieldTerms(fieldSelector)
  const labels = labelSelector && labelTerms(labelSelector)
  const ignored = (selector: string): string => `spec.resourceAttributes.${selector} partially ignored due to parse error`
  return {
    attributes: {
      ...none,
      ...(named as Partial<ReviewedAttributes>),
      ...(fields ? { fieldSelector: fields.terms } : {}),
      ...(labels ? { labelSelector: labels.terms } : {}),
    },
    errors: [
      ...(fields?.isWhole === false ? [ignored('fieldSelector')] : []),
      ...(labels?.isWhole === false ? [ignored('labelSelector')] : []),
    ],
  }
}

interface Terms<T> {
  terms: T[]
  /** Whether every term is understood. */
  isWhole: boolean
}

/** Of fields only whether they are one value, or are not, can be asked. */
function fieldTerms({ rawSelector, requirements = [] }: V1FieldSelectorAttributes): Terms<FieldRequirement> {
  if (rawSelector) return parsed(() => parseFieldSelector(rawSelector))
  const terms = requirements.flatMap(({ key, operator, values = [] }) => {
    const [value, ...others] = values
    const isKnown = (operator === 'In' || operator === 'NotIn') && value !== undefined && others.length === 0
    return isKnown ? [{ field: key, equal: operator === 'In', value }] : []
  })
  return { terms, isWhole: terms.length === requirements.length }
}

function labelTerms({ rawSelector, requirements = [] }: V1LabelSelectorAttributes): Terms<Requirement> {
  if (rawSelector) return parsed(() => parseLabelSelector(rawSelector))
  const terms = requirements.flatMap(({ key, operator, values = [] }): Requirement[] =>
    operator === 'In' || operator === 'NotIn' || operator === 'Exists' || operator === 'DoesNotExist' ? [{ key, operator, values }] : [],
  )
  return { terms, isWhole: terms.length === requirements.length }
}

function parsed<T>(parse: () => T[]): Terms<T> {
  try {
    return { terms: parse(), isWhole: true }
  } catch (error) {
    if (!isApiError(error, 'BadRequest')) throw error
    return { terms: [], isWhole: false }
  }
}
