import type { KubeObject } from '@quarterdeck/api-machinery'

import type { RbacV1Subject, V1ClusterRoleBinding, V1RoleBinding } from '../generated/types.ts'
import { ageColumn, nameColumn, type Column } from '../kind.ts'

/** The group of the four kinds, and of the users and groups that bindings name. */
export const rbacGroup = 'rbac.authorization.k8s.io'

type Binding = KubeObject & Pick<V1ClusterRoleBinding & V1RoleBinding, 'roleRef' | 'subjects'>

/** Names of roles and bindings need only fit in a path: `system:controller:job-controller` is one. */
export function rbacNameErrors(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}

export const createdAtColumn: Column<KubeObject> = {
  name: 'Created At',
  type: 'string',
  description: 'When the object was created.',
  priority: 0,
  value: (o) => o.metadata.creationTimestamp,
}

const subjectsColumn = (name: string, kind: string): Column<Binding> => ({
  name,
  type: 'string',
  description: `${name} that the binding grants the role to.`,
  priority: 1,
  value: ({ subjects }) =>
    (subjects ?? [])
      .filter((subject) => subject.kind === kind)
      .map(shownSubject)
      .join(', '),
})

export const bindingColumns: readonly Column<Binding>[] = [
  nameColumn,
  {
    name: 'Role',
    type: 'string',
    description: 'The role that is granted.',
    priority: 0,
    value: ({ roleRef }) => `${roleRef?.kind ?? ''}/${roleRef?.name ?? ''}`,
  },
  ageColumn,
  subjectsColumn('Users', 'User'),
  subjectsColumn('Groups', 'Group'),
  subjectsColumn('ServiceAccounts', 'ServiceAccount'),
]

/** Users and groups are of the group of the kinds, service accounts of the core group. */
export function applyBindingDefaults(binding: Binding): void {
  binding.roleRef ??= { apiGroup: '', kind: '', name: '' }
  binding.roleRef.apiGroup ||= rbacGroup
  for (const subject of binding.subjects ?? []) {
    if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = rbacGroup
  }
}

function shownSubject({ kind, namespace, name }: RbacV1Subject): string {
  return kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name
}
