import { invalidField, requiredField, tooLongField, tooManyField, type FieldError } from '@quarterdeck/api-machinery'

import { countIndexes, parseIndexIntervals } from '../batch/index-intervals.ts'
import type { V1JobSpec, V1SuccessPolicyRule } from '../generated/types.ts'
import { nonNegative } from './numbers.ts'

const mostRules = 20
const longestIndexes = 64 * 1024

export function validateSuccessPolicy(spec: V1JobSpec, field: string): FieldError[] {
  if (!spec.successPolicy) return []
  if (spec.completionMode !== 'Indexed') return [invalidField(field, spec.successPolicy, 'requires indexed completion mode')]
  const rules = spec.successPolicy.rules ?? []
  const errors: FieldError[] = []
  if (rules.length === 0)
    errors.push(requiredField(`${field}.rules`, 'at least one rules must be specified when the successPolicy is specified'))
  if (rules.length > mostRules) errors.push(tooManyField(`${field}.rules`, rules.length, mostRules))
  const completions = spec.completions ?? 0
  return [...errors, ...rules.flatMap((rule, i) => validateRule(rule, completions, `${field}.rules[${i}]`))]
}

function validateRule({ succeededCount, succeededIndexes }: V1SuccessPolicyRule, completions: number, field: string): FieldError[] {
  if (succeededCount === undefined && succeededIndexes === undefined)
    return [requiredField(field, 'at least one of succeededCount or succeededIndexes must be specified')]
  const errors: FieldError[] = []
  let listed = 0
  if (succeededIndexes !== undefined) {
    if (succeededIndexes.length > longestIndexes) errors.push(tooLongField(`${field}.succeededIndexes`, longestIndexes))
    try {
      listed = countIndexes(parseIndexIntervals(succeededIndexes, completions))
    } catch (error) {
      errors.push(
        invalidField(`${field}.succeededIndexes`, succeededIndexes, `error parsing succeededIndexes: ${(error as Error).message}`),
      )
    }
  }
  if (succeededCount === undefined) return errors
  const at = `${field}.succeededCount`
  const atMost = (limit: number, what: string): FieldError =>
    invalidField(at, succeededCount, `must be less than or equal to ${limit} (the number of ${what})`)
  errors.push(...nonNegative(succeededCount, at))
  if (succeededCount > completions) errors.push(atMost(completions, 'specified completions'))
  if (succeededIndexes !== undefined && succeededCount > listed)
    errors.push(atMost(listed, 'indexes in the specified succeededIndexes field'))
  return errors
}
