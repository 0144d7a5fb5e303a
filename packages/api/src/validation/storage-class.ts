import {
  duplicateField,
  invalidField,
  notSupportedField,
  qualifiedNameErrors,
  requiredField,
  tooLongField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1TopologySelectorTerm } from '../generated/types.ts'
import type { StorageClass } from '../kinds/storage-class.ts'
import { immutableField } from './immutable.ts'

const reclaimPolicies = ['Delete', 'Retain']
const bindingModes = ['Immediate', 'WaitForFirstConsumer']
const maxParameters = 512
const maxParameterBytes = 256 * 1024

export function validateStorageClass(object: StorageClass): FieldError[] {
  const { reclaimPolicy, volumeBindingMode: mode } = object
  const errors = [...validateProvisioner(object.provisioner, 'provisioner'), ...validateParameters(object.parameters, 'parameters')]
  if (reclaimPolicy && !reclaimPolicies.includes(reclaimPolicy))
    errors.push(notSupportedField('reclaimPolicy', reclaimPolicy, reclaimPolicies))
  if (mode === undefined) errors.push(requiredField('volumeBindingMode'))
  else if (!bindingModes.includes(mode)) errors.push(notSupportedField('volumeBindingMode', mode, bindingModes))
  return [...errors, ...validateTopologies(object.allowedTopologies, 'allowedTopologies')]
}

/** The name of who makes volumes; upper case is allowed. */
export function validateProvisioner(name: string | undefined, field: string): FieldError[] {
  if (!name) return [requiredField(field)]
  return qualifiedNameErrors(name.toLowerCase()).map((m) => invalidField(field, name.toLowerCase(), m))
}

export function validateParameters(parameters: Record<string, string> | undefined, field: string): FieldError[] {
  const entries = Object.entries(parameters ?? {})
  if (entries.length > maxParameters) return [tooLongField(field, maxParameters)]
  const errors: FieldError[] = entries.filter(([key]) => !key).map(([key]) => invalidField(field, key, 'field can not be empty.'))
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  return bytes > maxParameterBytes ? [...errors, tooLongField(field, maxParameterBytes)] : errors
}

function validateTopologies(terms: readonly V1TopologySelectorTerm[] = [], path: string): FieldError[] {
  const seen = new Set<string>()
  return terms.flatMap((term, i) => {
    const at = `${path}[${i}]`
    const choices = choicesOf(term)
    const isRepeated = seen.has(choices)
    seen.add(choices)
    return [...validateTerm(term, at), ...(isRepeated ? [duplicateField(`${at}.matchLabelExpressions`, '')] : [])]
  })
}

/** What a term allows, whatever the order in which it says so. */
function choicesOf(term: V1TopologySelectorTerm): string {
  const byKey = new Map((term.matchLabelExpressions ?? []).map(({ key, values }) => [key, [...new Set(values)].toSorted()]))
  return JSON.stringify([...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function validateTerm({ matchLabelExpressions = [] }: V1TopologySelectorTerm, path: string): FieldError[] {
  const keys = new Set<string>()
  return matchLabelExpressions.flatMap(({ key = '', values = [] }, i) => {
    const at = `${path}.matchLabelExpressions[${i}]`
    const errors: FieldError[] = values.length > 0 ? [] : [requiredField(`${at}.values`)]
    errors.push(...values.flatMap((value, j) => (values.indexOf(value) < j ? [duplicateField(`${at}.values[${j}]`, value)] : [])))
    errors.push(...qualifiedNameErrors(key).map((m) => invalidField(`${at}.key`, key, m)))
    if (keys.has(key)) errors.push(duplicateField(`${at}.key`, key))
    keys.add(key)
    return errors
  })
}

/** Volumes that exist were made by what the class says: it stays. */
export function validateStorageClassUpdate(object: StorageClass, old: StorageClass): FieldError[] {
  return (['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const).flatMap((name) =>
    immutableField(object[name], old[name], name),
  )
}
