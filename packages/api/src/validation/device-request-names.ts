import { invalidField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1DeviceClaim } from '../generated/types.ts'
import { validateSet } from './bounded-lists.ts'
import { validateLabelNamed } from './device-names.ts'

/** Of requests and of results of a claim. */
export const maxDeviceRequests = 32

/** What a claim's requests are called: `request`, and `request/subrequest` of those that have a choice. */
export function requestNamesOf(devices: V1DeviceClaim | undefined): ReadonlySet<string> {
  const requests = devices?.requests ?? []
  return new Set(requests.flatMap(({ name, firstAvailable = [] }) => [name, ...firstAvailable.map((choice) => `${name}/${choice.name}`)]))
}

export function validateRequestReference(reference: string | undefined, names: ReadonlySet<string>, field: string): FieldError[] {
  const name = reference ?? ''
  const unknown = invalidField(
    field,
    name,
    "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'",
  )
  const segments = name.split('/')
  if (segments.length > 2) return [unknown]
  return [...segments.flatMap((segment) => validateLabelNamed(segment, field)), ...(names.has(name) ? [] : [unknown])]
}

export function validateRequestReferences(list: readonly string[] | undefined, names: ReadonlySet<string>, field: string): FieldError[] {
  return validateSet(list, {
    field,
    max: maxDeviceRequests,
    item: (reference, at) => validateRequestReference(reference, names, at),
    keyOf: (reference) => reference,
  })
}
