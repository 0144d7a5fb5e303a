import { forbiddenField, invalidField, qualifiedNameErrors, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1NodeSelector, V1NodeSelectorTerm } from '../generated/types.ts'

const nodeOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']

/** A choice of nodes that is required, of a pod or of a volume. */
export function validateNodeSelector({ nodeSelectorTerms }: V1NodeSelector, path: string): FieldError[] {
  const at = `${path}.nodeSelectorTerms`
  if (!nodeSelectorTerms?.length) return [requiredField(at, 'must have at least one node selector term')]
  return nodeSelectorTerms.flatMap((term, i) => validateNodeSelectorTerm(term, `${at}[${i}]`))
}

export function validateNodeSelectorTerm(term: V1NodeSelectorTerm, path: string): FieldError[] {
  return (term.matchExpressions ?? []).flatMap((e, i) => {
    const at = `${path}.matchExpressions[${i}]`
    const errors: FieldError[] = qualifiedNameErrors(e.key ?? '').map((m) => invalidField(`${at}.key`, e.key, m))
    const count = e.values?.length ?? 0
    if (!nodeOperators.includes(e.operator)) return [...errors, invalidField(`${at}.operator`, e.operator, 'not a valid selector operator')]
    if ((e.operator === 'In' || e.operator === 'NotIn') && count === 0)
      errors.push(requiredField(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
    if ((e.operator === 'Exists' || e.operator === 'DoesNotExist') && count > 0)
      errors.push(forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
    if ((e.operator === 'Gt' || e.operator === 'Lt') && count !== 1)
      errors.push(requiredField(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
    return errors
  })
}
