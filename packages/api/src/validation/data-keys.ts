import { configMapKeyErrors, forbiddenField, invalidField, tooLongField, type FieldError } from '@quarterdeck/api-machinery'

export const maxDataBytes = 1024 * 1024

export function validateKeys(data: Record<string, string> | undefined, field: string): FieldError[] {
  return Object.keys(data ?? {}).flatMap((key) => configMapKeyErrors(key).map((m) => invalidField(`${field}[${key}]`, key, m)))
}

export function validateTotalBytes(bytes: number, field: string): FieldError[] {
  return bytes > maxDataBytes ? [tooLongField(field, maxDataBytes)] : []
}

/** Of a ConfigMap or Secret that is marked immutable. */
export function frozenField(field: string): FieldError {
  return forbiddenField(field, 'field is immutable when `immutable` is set')
}
