import {
  duplicateField,
  invalidField,
  notSupportedField,
  qualifiedNameErrors,
  requiredField,
  tooLongField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1Condition } from '../generated/types.ts'

const statuses = ['False', 'True', 'Unknown']
const reasonPattern = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/
const maxReasonLength = 1024
const maxMessageLength = 32 * 1024

/** The conditions of a kind that holds them as metav1.Condition, which asks for a reason and a time. */
export function validateConditions(conditions: readonly V1Condition[] | undefined, field: string): FieldError[] {
  const types = new Set<string>()
  return (conditions ?? []).flatMap((condition, i) => {
    const { type = '' } = condition
    const errors = types.has(type) ? [duplicateField(`${field}[${i}].type`, type)] : []
    types.add(type)
    return [...errors, ...validateCondition(condition, `${field}[${i}]`)]
  })
}

function validateCondition(condition: V1Condition, field: string): FieldError[] {
  const { type = '', status, observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition
  const errors = qualifiedNameErrors(type).map((m) => invalidField(`${field}.type`, type, m))
  if (!statuses.includes(status)) errors.push(notSupportedField(`${field}.status`, status ?? '', statuses))
  if (observedGeneration < 0)
    errors.push(invalidField(`${field}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero'))
  if (!lastTransitionTime) errors.push(requiredField(`${field}.lastTransitionTime`))
  if (!reason) errors.push(requiredField(`${field}.reason`))
  else if (!reasonPattern.test(reason))
    errors.push(
      invalidField(
        `${field}.reason`,
        reason,
        "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', " +
          "and must end with an alphanumeric character or '_' " +
          "(e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', " +
          `regex used for validation is '${reasonPattern.source.slice(1, -1)}')`,
      ),
    )
  if (reason.length > maxReasonLength) errors.push(tooLongField(`${field}.reason`, maxReasonLength))
  if (message.length > maxMessageLength) errors.push(tooLongField(`${field}.message`, maxMessageLength))
  return errors
}
