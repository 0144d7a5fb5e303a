import { modelSchemas, type Kind } from '@quarterdeck/api'
import { invalid, missingFields, requiredField, type FieldError, type KubeObject } from '@quarterdeck/api-machinery'

import { schemaOf } from '../kind-registry.ts'
import { validateMeta } from '../object-meta.ts'

/** Gives an object the parts that the code of every kind counts on. */
export function fillParts(kind: Kind, object: KubeObject): void {
  const parts = object as { spec?: unknown; status?: unknown }
  if (schemaOf(kind).properties?.['spec']) parts.spec ??= {}
  if (kind.hasStatus) parts.status ??= {}
}

/** Admission counts on the fields that the schema requires. Throws Invalid, with all else that is wrong, if one is missing. */
export function refuseIncomplete(kind: Kind, object: KubeObject): void {
  if (missingIn(kind, object).length === 0) return
  refuse(kind, object.metadata.name ?? '', [...validateMeta(object, kind), ...kind.validate(object)], object)
}

/** Throws Invalid if there is any error; of a field the schema requires and nobody complained of, it complains. */
export function refuse(kind: Kind, name: string, errors: readonly FieldError[], object?: KubeObject): void {
  const missing = (object ? missingIn(kind, object) : [])
    .filter((field) => !errors.some((e) => e.field.startsWith(field) || field.startsWith(e.field)))
    .map((field) => requiredField(field))
  if (errors.length + missing.length > 0) throw invalid(kind, name, [...errors, ...missing])
}

function missingIn(kind: Kind, object: KubeObject): string[] {
  return missingFields(object as unknown as Record<string, unknown>, schemaOf(kind), modelSchemas, ['status', 'metadata'])
}
