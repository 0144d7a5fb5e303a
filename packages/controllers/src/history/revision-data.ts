import type { ControllerRevision, V1PodTemplateSpec } from '@quarterdeck/api'

/** What a revision keeps: a strategic merge patch of its owner that puts the template in place of any other (`kubectl rollout undo` sends it). */
export function revisionDataOf(template: V1PodTemplateSpec): object {
  return { spec: { template: { ...template, $patch: 'replace' } } }
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
