import { invalidField, requiredField, tooLongField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1OpaqueDeviceConfiguration } from '../generated/types.ts'
import { validateDriverName } from './driver-name.ts'

const maxParameterBytes = 10 * 1024

/** Settings that only the driver understands. */
export function validateDeviceConfiguration({ opaque }: { opaque?: V1OpaqueDeviceConfiguration | undefined }, field: string): FieldError[] {
  if (!opaque) return [requiredField(`${field}.opaque`)]
  return [
    ...validateDriverName(opaque.driver, `${field}.opaque.driver`),
    ...validateJsonObject(opaque.parameters, `${field}.opaque.parameters`, maxParameterBytes),
  ]
}

/** JSON of any content that is an object and not too long. */
export function validateJsonObject(value: unknown, field: string, maxBytes: number): FieldError[] {
  if (value === undefined || value === null) return [requiredField(field)]
  if (Buffer.byteLength(JSON.stringify(value)) > maxBytes) return [tooLongField(field, maxBytes)]
  if (typeof value !== 'object' || Array.isArray(value)) return [invalidField(field, '<value omitted>', 'must be a valid JSON object')]
  return []
}
