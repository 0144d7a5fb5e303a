import { requiredField, tooManyField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1Counter } from '../generated/types.ts'
import { validateMap } from './bounded-lists.ts'
import { validateLabelNamed } from './device-names.ts'

const maxCounters = 32

/** Counters of a set: those there are, and those that a device takes from. */
export function validateCounters(
  { set, counters }: { set: string; counters: Readonly<Record<string, V1Counter>> | undefined },
  { field, setField }: { field: string; setField: string },
): FieldError[] {
  const errors = set ? validateLabelNamed(set, setField) : [requiredField(setField)]
  const count = Object.keys(counters ?? {}).length
  const at = `${field}.counters`
  if (count === 0) return [...errors, requiredField(at)]
  if (count > maxCounters) return [...errors, tooManyField(at, count, maxCounters)]
  return [...errors, ...validateMap(counters, at, { key: validateLabelNamed, item: () => [] })]
}
