import type { ControllerRevision, V1PodTemplateSpec } from '@quarterdeck/api'

/**
 * What a revision keeps: a strategic merge patch of its owner that puts the template in place of any other. `kubectl rollout undo`
 * sends it, if its bytes are not those that kubectl makes of the present template: with sorted keys.
 */
export function revisionDataOf(template: V1PodTemplateSpec): object {
  return sorted({ spec: { template: { ...template, $patch: 'replace' } } }) as object
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, sorted(field)]))
}

/** Objects are immutable, so what was read from one stays true. */
const known = new WeakMap<object, V1PodTemplateSpec>()

/** The template that a revision keeps; undefined if its data is of another form. */
export function templateOfRevision({ data }: ControllerRevision): V1PodTemplateSpec | undefined {
  if (!data) return undefined
  const found = known.get(data)
  if (found) return found
  const { spec } = data as { spec?: { template?: V1PodTemplateSpec & { $patch?: string } } }
  if (!spec?.template) return undefined
  const { $patch: _patch, ...template } = spec.template
  known.set(data, template)
  return template
}
