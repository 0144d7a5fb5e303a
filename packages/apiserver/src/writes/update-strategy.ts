import type { Kind } from '@quarterdeck/api'
import type { FieldError, KubeObject } from '@quarterdeck/api-machinery'

import { validateMeta, validateMetaUpdate } from '../object-meta.ts'

/** What an update changes of an object, by the path that it comes through. */
export interface UpdateStrategy {
  /** Makes of what was sent what may be stored: keeps what this path does not change. Mutates `object`. */
  prepare(kind: Kind, object: KubeObject, old: KubeObject): void
  validate(kind: Kind, object: KubeObject, old: KubeObject): FieldError[]
  /** Whether the object must have all that its schema requires, and changes of it count as a new generation. */
  isOfSpec: boolean
  /** Whether admission looks at the whole object; otherwise it has seen what was sent. */
  isAdmitted: boolean
}

/** The object itself: all but its status. */
const mainStrategy: UpdateStrategy = {
  isOfSpec: true,
  isAdmitted: true,
  prepare(kind, object, old) {
    if (kind.hasStatus) keepStatus(object, old)
    kind.prepareForUpdate(object, old)
  },
  validate: specErrors,
}

/** Nothing but the status, labels and annotations. */
const statusStrategy: UpdateStrategy = {
  isOfSpec: false,
  isAdmitted: true,
  prepare(kind, object, old) {
    keepAllBut(object, old, ['status', 'metadata'])
    if (old.metadata.ownerReferences) object.metadata.ownerReferences = old.metadata.ownerReferences
    kind.prepareForStatusUpdate(object, old)
  },
  validate: (kind, object, old) => [...validateMeta(object, kind), ...kind.validateStatusUpdate(object, old)],
}

/** A part of the spec, put in its place by the subresource itself. */
const partStrategy: UpdateStrategy = { isOfSpec: true, isAdmitted: true, prepare: () => {}, validate: specErrors }

const strategies: Readonly<Record<string, UpdateStrategy>> = {
  '': mainStrategy,
  status: statusStrategy,
  finalize: partStrategy,
  // Admission sees the Scale.
  scale: { ...partStrategy, isAdmitted: false },
}

/** Of the object itself for '', otherwise of a subresource that changes a part of it. */
export function updateStrategyOf(subresource: string): UpdateStrategy {
  const strategy = Object.hasOwn(strategies, subresource) ? strategies[subresource] : undefined
  if (!strategy) throw new Error(`nothing is updated through the subresource ${subresource}`)
  return strategy
}

function specErrors(kind: Kind, object: KubeObject, old: KubeObject): FieldError[] {
  return [
    ...validateMeta(object, kind),
    ...validateMetaUpdate(object, old),
    ...newErrors(kind, object, old),
    ...kind.validateUpdate(object, old),
  ]
}

/**
 * What an update makes wrong. What was wrong in the same way before is not held against it: rules become stricter with
 * time, and an object that was stored under older ones must still be changeable (KEP-4008).
 */
function newErrors(kind: Kind, object: KubeObject, old: KubeObject): FieldError[] {
  const errors = kind.validate(object)
  if (errors.length === 0) return errors
  const before = new Set(kind.validate(old).map(errorText))
  return errors.filter((error) => !before.has(errorText(error)))
}

const errorText = ({ field, message }: FieldError): string => `${field}: ${message}`

function keepStatus(object: KubeObject, old: KubeObject): void {
  const next = object as { status?: unknown }
  const previous = (old as { status?: unknown }).status
  if (previous === undefined) delete next.status
  else next.status = previous
}

/** Makes every field of `object` but the named ones that of `old`. */
function keepAllBut(object: KubeObject, old: KubeObject, changed: readonly string[]): void {
  const target = object as unknown as Record<string, unknown>
  for (const key of Object.keys(target)) if (!changed.includes(key)) delete target[key]
  for (const [key, value] of Object.entries(old)) if (!changed.includes(key)) target[key] = value
}
