import { invalidField, type FieldError } from '@quarterdeck/api-machinery'

/** A path without steps upwards. */
export function validateNoBacksteps(path: string, field: string): FieldError[] {
  return path.split('/').includes('..') ? [invalidField(field, path, "must not contain '..'")] : []
}

/** A relative path that stays below where it begins; the empty one does. */
export function validateDescendingPath(path: string, field: string): FieldError[] {
  const errors = path.startsWith('/') ? [invalidField(field, path, 'must be a relative path')] : []
  return [...errors, ...validateNoBacksteps(path, field)]
}

/** The path of a projected file: names that begin with two dots are kept for the volume's own links. */
export function validateFilePath(path: string, field: string): FieldError[] {
  const isReserved = path.startsWith('..') && !path.startsWith('../')
  return [...validateDescendingPath(path, field), ...(isReserved ? [invalidField(field, path, "must not start with '..'")] : [])]
}
