import { invalidField, type FieldError } from './field-error.ts'
import { labelValueErrors, qualifiedNameErrors } from './names.ts'

/** What is wrong with the keys and values of a map of labels, all of it told of the map's own field. */
export function labelMapErrors(labels: Record<string, string> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameErrors(key).map((m) => invalidField(field, key, m)),
    ...labelValueErrors(value).map((m) => invalidField(field, value, m)),
  ])
}
