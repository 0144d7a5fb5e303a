import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Role } from '../generated/types.ts'
import { defineKind, nameColumn } from '../kind.ts'
import { createdAtColumn, rbacNameErrors } from '../rbac/rbac-kinds.ts'
import { validateRole } from '../validation/role.ts'

export type Role = Namespaced<V1Role>

export const roles = defineKind<Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  scope: 'Namespaced',
  model: 'V1Role',
  columns: [nameColumn, createdAtColumn],
  nameErrors: rbacNameErrors,
  validate: validateRole,
})
