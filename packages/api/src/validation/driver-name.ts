import { dns1123SubdomainErrors, invalidField, requiredField, tooLongField, type FieldError } from '@quarterdeck/api-machinery'

const maxNameBytes = 63

/** The name of a CSI driver where an object refers to one. */
export function validateDriverName(name: string | undefined, field: string): FieldError[] {
  if (!name) return [requiredField(field)]
  const errors = name.length > maxNameBytes ? [tooLongField(field, maxNameBytes)] : []
  return [...errors, ...dns1123SubdomainErrors(name.toLowerCase()).map((m) => invalidField(field, name, m))]
}
