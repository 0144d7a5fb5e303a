import { dns1123SubdomainErrors, invalidField, type FieldError } from '@quarterdeck/api-machinery'

/** The name of a storage class or of a class of volume attributes, where one is given. */
export function validateClassName(name: string | undefined, field: string): FieldError[] {
  return name ? dns1123SubdomainErrors(name).map((m) => invalidField(field, name, m)) : []
}
