import { requiredField, tooLongField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1DeviceSelector } from '../generated/types.ts'
import { validateList } from './bounded-lists.ts'

const maxSelectors = 32
const maxExpressionBytes = 10 * 1024

/** Expressions that choose devices. They are kept as they are and not compiled. */
export function validateDeviceSelectors(selectors: readonly V1DeviceSelector[] | undefined, field: string): FieldError[] {
  return validateList(selectors, { field, max: maxSelectors, item: validateSelector })
}

function validateSelector({ cel }: V1DeviceSelector, field: string): FieldError[] {
  if (!cel) return [requiredField(`${field}.cel`)]
  const { expression = '' } = cel
  if (!expression.trim()) return [requiredField(`${field}.cel.expression`)]
  return Buffer.byteLength(expression) > maxExpressionBytes ? [tooLongField(`${field}.cel.expression`, maxExpressionBytes)] : []
}
