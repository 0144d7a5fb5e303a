import { forbiddenField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import { accessModes } from '../volumes/access-modes.ts'

/** Of a claim or a volume. `missing` says what is asked for when there is none. */
export function validateAccessModes(modes: readonly string[] = [], field: string, missing = ''): FieldError[] {
  const errors: FieldError[] = modes.length > 0 ? [] : [requiredField(field, missing)]
  errors.push(...modes.filter((mode) => !accessModes.includes(mode)).map((mode) => notSupportedField(field, mode, accessModes)))
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode)))
    errors.push(forbiddenField(field, 'may not use ReadWriteOncePod with other access modes'))
  return errors
}
