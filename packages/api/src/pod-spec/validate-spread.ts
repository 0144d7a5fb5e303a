import { duplicateField, forbiddenField, invalidField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1TopologySpreadConstraint } from '../generated/types.ts'
import { positive } from '../validation/numbers.ts'
import { validateLabelSelector } from './validate-selector.ts'

const actions = ['DoNotSchedule', 'ScheduleAnyway']
const policies = ['Honor', 'Ignore']

export function validateTopologySpread(constraints: readonly V1TopologySpreadConstraint[] | undefined, path: string): FieldError[] {
  const seen = new Set<string>()
  return (constraints ?? []).flatMap((constraint, i) => {
    const at = `${path}[${i}]`
    const identity = `{${constraint.topologyKey}, ${constraint.whenUnsatisfiable}}`
    const errors = validateConstraint(constraint, at)
    if (seen.has(identity)) errors.push(duplicateField(`${at}.{topologyKey, whenUnsatisfiable}`, identity))
    seen.add(identity)
    return errors
  })
}

function validateConstraint(constraint: V1TopologySpreadConstraint, at: string): FieldError[] {
  const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, matchLabelKeys = [], labelSelector } = constraint
  const errors = positive(maxSkew ?? 0, `${at}.maxSkew`)
  if (!topologyKey) errors.push(requiredField(`${at}.topologyKey`, 'can not be empty'))
  if (!actions.includes(whenUnsatisfiable)) errors.push(notSupportedField(`${at}.whenUnsatisfiable`, whenUnsatisfiable ?? '', actions))
  errors.push(...positive(minDomains, `${at}.minDomains`))
  if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule')
    errors.push(
      invalidField(`${at}.minDomains`, minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`),
    )
  for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    const policy = constraint[name]
    if (policy !== undefined && !policies.includes(policy)) errors.push(notSupportedField(`${at}.${name}`, policy, policies))
  }
  if (matchLabelKeys.length > 0 && !labelSelector)
    errors.push(forbiddenField(`${at}.matchLabelKeys`, 'must not be specified when labelSelector is not set'))
  return labelSelector ? [...errors, ...validateLabelSelector(labelSelector, `${at}.labelSelector`)] : errors
}
