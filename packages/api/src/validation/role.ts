import { invalidField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1PolicyRule } from '../generated/types.ts'
import type { ClusterRole } from '../kinds/cluster-role.ts'
import type { Role } from '../kinds/role.ts'
import { validateLabelSelector } from '../pod-spec/validate-selector.ts'

export function validateRole({ rules }: Role): FieldError[] {
  return validateRules(rules, { isNamespaced: true })
}

export function validateClusterRole({ rules, aggregationRule }: ClusterRole): FieldError[] {
  const errors = validateRules(rules, { isNamespaced: false })
  if (!aggregationRule) return errors
  const field = 'aggregationRule.clusterRoleSelectors'
  const selectors = aggregationRule.clusterRoleSelectors ?? []
  if (selectors.length === 0) errors.push(requiredField(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil'))
  return [...errors, ...selectors.flatMap((selector, i) => validateLabelSelector(selector, `${field}[${i}]`))]
}

function validateRules(rules: readonly V1PolicyRule[] | undefined, scope: { isNamespaced: boolean }): FieldError[] {
  return (rules ?? []).flatMap((rule, i) => validateRule(rule, `rules[${i}]`, scope))
}

/** A rule is of resources or of paths, never of both. */
function validateRule(rule: V1PolicyRule, field: string, { isNamespaced }: { isNamespaced: boolean }): FieldError[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  const errors: FieldError[] = []
  if (!verbs?.length) errors.push(requiredField(`${field}.verbs`, 'verbs must contain at least one value'))
  if (nonResourceURLs.length > 0) {
    const refuse = (detail: string): void => void errors.push(invalidField(`${field}.nonResourceURLs`, nonResourceURLs, detail))
    if (isNamespaced) refuse('namespaced rules cannot apply to non-resource URLs')
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      refuse('rules cannot apply to both regular resources and non-resource URLs')
    return errors
  }
  if (apiGroups.length === 0) errors.push(requiredField(`${field}.apiGroups`, 'resource rules must supply at least one api group'))
  if (resources.length === 0) errors.push(requiredField(`${field}.resources`, 'resource rules must supply at least one resource'))
  return errors
}
