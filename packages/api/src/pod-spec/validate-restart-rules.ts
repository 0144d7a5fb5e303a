import { notSupportedField, requiredField, tooManyField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1Container, V1ContainerRestartRule } from '../generated/types.ts'

const policies = ['Always', 'Never', 'OnFailure']
const actions = ['Restart', 'RestartAllContainers']
const operators = ['In', 'NotIn']
const maxRules = 20
const maxExitCodes = 255

/** When a container is started again, should it have a say of its own. */
export function validateContainerRestart({ restartPolicy, restartPolicyRules = [] }: V1Container, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (restartPolicy === undefined) {
    if (restartPolicyRules.length > 0)
      errors.push(requiredField(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used'))
  } else if (!policies.includes(restartPolicy)) errors.push(notSupportedField(`${path}.restartPolicy`, restartPolicy, policies))
  if (restartPolicyRules.length > maxRules) errors.push(tooManyField(`${path}.restartPolicyRules`, restartPolicyRules.length, maxRules))
  return [...errors, ...restartPolicyRules.flatMap((rule, i) => validateRule(rule, `${path}.restartPolicyRules[${i}]`))]
}

function validateRule({ action = '', exitCodes }: V1ContainerRestartRule, path: string): FieldError[] {
  const errors = actions.includes(action) ? [] : [notSupportedField(`${path}.action`, action, actions)]
  if (!exitCodes) return [...errors, requiredField(`${path}.exitCodes`, 'must be specified')]
  const { operator = '', values = [] } = exitCodes
  if (!operators.includes(operator)) errors.push(notSupportedField(`${path}.exitCodes.operator`, operator, operators))
  if (values.length > maxExitCodes) errors.push(tooManyField(`${path}.exitCodes.values`, values.length, maxExitCodes))
  return errors
}
