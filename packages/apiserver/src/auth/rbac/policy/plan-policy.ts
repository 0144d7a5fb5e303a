import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding, RbacV1Subject } from '@quarterdeck/api'
import { equalJson, type Draft, type KubeObject } from '@quarterdeck/api-machinery'

import { missingRules } from '../cover-rules.ts'
import { autoUpdateAnnotation } from './bootstrap-policy.ts'

/** What must become of a role or binding that is there. */
export type RolePlan<T> = { action: 'keep' } | { action: 'update'; object: T } | { action: 'recreate' }

type AnyRole = Role | ClusterRole
type AnyBinding = RoleBinding | ClusterRoleBinding

/** Adds the rules and selectors that a role lacks. Rules of an aggregated one are its controller's. */
export function planRole<T extends AnyRole>(existing: T, wanted: Draft<T>): RolePlan<T> {
  if (isProtected(existing)) return { action: 'keep' }
  const object = withMetadata(existing, wanted)
  const { aggregationRule } = wanted as unknown as ClusterRole
  if (aggregationRule) {
    const known = (existing as ClusterRole).aggregationRule?.clusterRoleSelectors ?? []
    const missing = (aggregationRule.clusterRoleSelectors ?? []).filter((selector) => !known.some((other) => equalJson(other, selector)))
    if (missing.length > 0) (object as ClusterRole).aggregationRule = { clusterRoleSelectors: [...known, ...missing] }
  } else {
    const missing = missingRules(existing.rules ?? [], (wanted as unknown as AnyRole).rules ?? [])
    if (missing.length > 0) object.rules = [...(existing.rules ?? []), ...missing]
  }
  return changed(existing, object)
}

/** Adds the subjects that a binding lacks. One of another role is made anew: a binding's role cannot change. */
export function planBinding<T extends AnyBinding>(existing: T, wanted: Draft<T>): RolePlan<T> {
  if (isProtected(existing)) return { action: 'keep' }
  const { roleRef, subjects = [] } = wanted as unknown as AnyBinding
  if (!equalJson(existing.roleRef, roleRef)) return { action: 'recreate' }
  const object = withMetadata(existing, wanted)
  const known = existing.subjects ?? []
  const missing = subjects.filter((subject) => !known.some((other) => isSameSubject(other, subject)))
  if (missing.length > 0) object.subjects = [...known, ...missing]
  return changed(existing, object)
}

/** An administrator has it in hand. */
function isProtected({ metadata: { annotations } }: KubeObject): boolean {
  return annotations?.[autoUpdateAnnotation] === 'false'
}

/** A copy with the labels and annotations that are missing. */
function withMetadata<T extends KubeObject>(existing: T, { metadata }: Draft<T>): T {
  const object = structuredClone(existing)
  for (const field of ['labels', 'annotations'] as const) object.metadata[field] = { ...metadata[field], ...existing.metadata[field] }
  return object
}

function changed<T extends KubeObject>(existing: T, object: T): RolePlan<T> {
  return equalJson(existing, object) ? { action: 'keep' } : { action: 'update', object }
}

function isSameSubject(a: RbacV1Subject, b: RbacV1Subject): boolean {
  return a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '') && (a.apiGroup ?? '') === (b.apiGroup ?? '')
}
