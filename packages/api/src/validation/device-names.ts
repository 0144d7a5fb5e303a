import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  invalidField,
  requiredField,
  tooLongField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import { validateDriverName } from './driver-name.ts'

const maxPoolNameLength = 253
const maxIdentifierLength = 32
const identifierPattern = '[A-Za-z_][A-Za-z0-9_]*'
const wholeIdentifier = new RegExp(`^${identifierPattern}$`)

export function validateLabelNamed(name: string | undefined, field: string): FieldError[] {
  return dns1123LabelErrors(name ?? '').map((m) => invalidField(field, name ?? '', m))
}

export function validateDeviceClassName(name: string | undefined, field: string): FieldError[] {
  if (!name) return [requiredField(field)]
  return dns1123SubdomainErrors(name).map((m) => invalidField(field, name, m))
}

/** One or more DNS subdomains with slashes between them. */
export function validatePoolName(name: string | undefined, field: string): FieldError[] {
  if (!name) return [requiredField(field)]
  return [
    ...(name.length > maxPoolNameLength ? [tooLongField(field, maxPoolNameLength)] : []),
    ...name.split('/').flatMap((part) => dns1123SubdomainErrors(part).map((m) => invalidField(field, part, m))),
  ]
}

/** The name of an attribute or a capacity: `name`, or `domain/name`. */
export function validateAttributeName(name: string, field: string): FieldError[] {
  const [domain = '', identifier] = name.split('/')
  if (identifier === undefined) return validateIdentifier(domain, field)
  return [
    ...(domain ? validateDriverName(domain, field) : [invalidField(field, '', 'the domain must not be empty')]),
    ...(identifier ? validateIdentifier(identifier, field) : [invalidField(field, '', 'the name must not be empty')]),
  ]
}

/** As validateAttributeName, where the domain must be there. */
export function validateFullAttributeName(name: string, field: string): FieldError[] {
  const errors = validateAttributeName(name, field)
  return name.includes('/')
    ? errors
    : [...errors, invalidField(field, name, 'a fully qualified name must be a domain and a name separated by a slash')]
}

function validateIdentifier(id: string, field: string): FieldError[] {
  const errors = id.length > maxIdentifierLength ? [tooLongField(field, maxIdentifierLength)] : []
  if (wholeIdentifier.test(id)) return errors
  const rule =
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' " +
    `(e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '${identifierPattern}')`
  return [...errors, invalidField(field, id, rule)]
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function validateShareId(id: string | undefined, field: string): FieldError[] {
  if (id === undefined) return []
  if (!uuid.test(id)) return [invalidField(field, id, 'error validating uid: invalid UUID format')]
  if (id === id.toLowerCase()) return []
  const form = '`xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters'
  return [invalidField(field, id, `uid must be in RFC 4122 normalized form, ${form}`)]
}
