import { forbiddenField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { PriorityClass } from '../kinds/priority-class.ts'
import { systemPriorityClasses } from '../system-priority-classes.ts'
import { immutableField } from './immutable.ts'

const highestOfUsers = 1_000_000_000
const policies = ['PreemptLowerPriority', 'Never']

export function validatePriorityClass(priorityClass: PriorityClass): FieldError[] {
  const { value = 0, preemptionPolicy } = priorityClass
  const errors: FieldError[] = []
  if (priorityClass.metadata.name?.startsWith('system-')) {
    const problem = systemClassProblem(priorityClass)
    if (problem)
      errors.push(
        forbiddenField('metadata.name', `priority class names with 'system-' prefix are reserved for system use only. error: ${problem}`),
      )
  } else if (value > highestOfUsers)
    errors.push(forbiddenField('value', `maximum allowed value of a user defined priority is ${highestOfUsers}`))
  if (preemptionPolicy === '') errors.push(requiredField('preemptionPolicy'))
  else if (preemptionPolicy !== undefined && !policies.includes(preemptionPolicy))
    errors.push(notSupportedField('preemptionPolicy', preemptionPolicy, policies))
  return errors
}

function systemClassProblem({ metadata: { name }, value, globalDefault = false }: PriorityClass): string {
  const known = systemPriorityClasses.find((c) => c.name === name)
  if (!known) return `${name} is not a known system priority class`
  if (value !== known.value) return `value of ${name} PriorityClass must be ${known.value}`
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : ''
}

export function validatePriorityClassUpdate(priorityClass: PriorityClass, old: PriorityClass): FieldError[] {
  return [
    ...(priorityClass.value === old.value ? [] : [forbiddenField('value', 'may not be changed in an update.')]),
    ...immutableField(priorityClass.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy'),
  ]
}
