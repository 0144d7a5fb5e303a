import type { Kind } from '@quarterdeck/api'
import {
  badRequest,
  matchesRequirements,
  parseFieldSelector,
  parseLabelSelector,
  type FieldRequirement,
  type KubeObject,
  type Requirement,
} from '@quarterdeck/api-machinery'

/** Which objects of a collection a request is about. */
export interface Selection {
  matches: (object: KubeObject) => boolean
  /** Set when the field selector names one object: it can be looked up rather than searched. */
  name: string | undefined
  /** True when everything matches. */
  isEverything: boolean
}

/** Parses the selectors of a request. Throws BadRequest for a malformed one or a field the kind does not offer. */
export function parseSelection(kind: Kind, labelSelector = '', fieldSelector = ''): Selection {
  const labels = parseLabelSelector(labelSelector)
  const fields = parseFieldSelector(fieldSelector).map((requirement) => readable(kind, requirement))
  const isEverything = labels.length === 0 && fields.length === 0
  const name = fields.find((f) => f.field === 'metadata.name' && f.equal)?.value
  return { isEverything, name, matches: isEverything ? () => true : (object) => matchesAll(object, labels, fields) }
}

interface ReadableField extends FieldRequirement {
  read: (object: KubeObject) => string
}

function readable(kind: Kind, requirement: FieldRequirement): ReadableField {
  const { field } = requirement
  if (field === 'metadata.name') return { ...requirement, read: (o) => o.metadata.name }
  if (field === 'metadata.namespace' && kind.scope === 'Namespaced') return { ...requirement, read: (o) => o.metadata.namespace ?? '' }
  const read = Object.hasOwn(kind.selectableFields, field) ? kind.selectableFields[field] : undefined
  if (!read) throw badRequest(unknownField(kind, field))
  return { ...requirement, read }
}

/** The words depend on whether the kind has fields of its own to select by. */
function unknownField(kind: Kind, field: string): string {
  return Object.keys(kind.selectableFields).length > 0
    ? `field label not supported: ${field}`
    : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
}

function matchesAll(object: KubeObject, labels: readonly Requirement[], fields: readonly ReadableField[]): boolean {
  for (const field of fields) if ((field.read(object) === field.value) !== field.equal) return false
  return labels.length === 0 || matchesRequirements(labels, object.metadata.labels)
}
