import { isDeepStrictEqual } from 'node:util'

import { invalidField, type FieldError } from '@quarterdeck/api-machinery'

/** An error unless both values are equal. */
export function immutableField(value: unknown, old: unknown, field: string): FieldError[] {
  return isDeepStrictEqual(value, old) ? [] : [invalidField(field, value ?? null, 'field is immutable')]
}
