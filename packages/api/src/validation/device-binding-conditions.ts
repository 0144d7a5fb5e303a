import { duplicateField, invalidField, qualifiedNameErrors, type FieldError } from '@quarterdeck/api-machinery'

import { validateList } from './bounded-lists.ts'

const maxConditions = 4

interface BindingConditions {
  bindingConditions?: string[] | undefined
  bindingFailureConditions?: string[] | undefined
}

/** What a device waits for before a pod is bound, and what makes it give up: both or neither, and nothing in common. */
export function validateBindingConditions({ bindingConditions, bindingFailureConditions }: BindingConditions, path: string): FieldError[] {
  const conditions = bindingConditions ?? []
  const failures = bindingFailureConditions ?? []
  const at = { conditions: `${path}.bindingConditions`, failures: `${path}.bindingFailureConditions` }
  const errors = [...validateTypes(conditions, at.conditions), ...validateTypes(failures, at.failures)]
  errors.push(...duplicates(conditions, at.conditions))
  errors.push(...duplicates(failures, at.failures))
  for (const [i, type] of failures.entries())
    if (conditions.includes(type))
      errors.push(invalidField(`${at.failures}[${i}]`, type, 'bindingFailureConditions must not overlap with bindingConditions'))
  if (conditions.length === 0 && failures.length > 0)
    errors.push(invalidField(at.conditions, conditions, 'bindingConditions are required to use bindingFailureConditions'))
  if (failures.length === 0 && conditions.length > 0)
    errors.push(invalidField(at.failures, failures, 'bindingFailureConditions are required to use bindingConditions'))
  return errors
}

const validateTypes = (types: readonly string[], field: string): FieldError[] =>
  validateList(types, { field, max: maxConditions, item: (type, at) => qualifiedNameErrors(type).map((m) => invalidField(at, type, m)) })

const duplicates = (types: readonly string[], field: string): FieldError[] =>
  types.flatMap((type, i) => (types.indexOf(type) < i ? [duplicateField(`${field}[${i}]`, type)] : []))
