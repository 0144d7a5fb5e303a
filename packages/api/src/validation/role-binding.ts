import { isDeepStrictEqual } from 'node:util'

import { dns1123SubdomainErrors, invalidField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { RbacV1Subject, V1RoleRef } from '../generated/types.ts'
import type { ClusterRoleBinding } from '../kinds/cluster-role-binding.ts'
import type { RoleBinding } from '../kinds/role-binding.ts'
import { rbacGroup, rbacNameErrors } from '../rbac/rbac-kinds.ts'

type Binding = RoleBinding | ClusterRoleBinding

interface Scope {
  /** Whether it is of a RoleBinding, which may grant either kind of role. */
  isNamespaced: boolean
}

export function validateRoleBinding({ roleRef, subjects }: Binding, scope: Scope): FieldError[] {
  return [
    ...validateRoleRef(roleRef ?? {}, scope),
    ...(subjects ?? []).flatMap((subject, i) => validateSubject(subject, `subjects[${i}]`, scope)),
  ]
}

/** What a binding grants stays: who may change its subjects need not hold what another role allows. */
export function validateRoleRefUpdate({ roleRef }: Binding, { roleRef: old }: Binding): FieldError[] {
  return isDeepStrictEqual(roleRef, old) ? [] : [invalidField('roleRef', roleRef, 'cannot change roleRef')]
}

function validateRoleRef({ apiGroup = '', kind = '', name = '' }: Partial<V1RoleRef>, { isNamespaced }: Scope): FieldError[] {
  const errors: FieldError[] = []
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  if (apiGroup !== rbacGroup) errors.push(notSupportedField('roleRef.apiGroup', apiGroup, [rbacGroup]))
  if (!kinds.includes(kind)) errors.push(notSupportedField('roleRef.kind', kind, kinds))
  if (!name) return [...errors, requiredField('roleRef.name')]
  return [...errors, ...rbacNameErrors(name).map((problem) => invalidField('roleRef.name', name, problem))]
}

function validateSubject(
  { kind = '', name, namespace, apiGroup = '' }: RbacV1Subject,
  field: string,
  { isNamespaced }: Scope,
): FieldError[] {
  const errors = name ? [] : [requiredField(`${field}.name`)]
  switch (kind) {
    case 'ServiceAccount':
      if (name) errors.push(...dns1123SubdomainErrors(name).map((problem) => invalidField(`${field}.name`, name, problem)))
      if (apiGroup) errors.push(notSupportedField(`${field}.apiGroup`, apiGroup, ['']))
      if (!isNamespaced && !namespace) errors.push(requiredField(`${field}.namespace`))
      break
    case 'User':
    case 'Group':
      if (apiGroup !== rbacGroup) errors.push(notSupportedField(`${field}.apiGroup`, apiGroup, [rbacGroup]))
      break
    default:
      errors.push(notSupportedField(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group']))
  }
  return errors
}
