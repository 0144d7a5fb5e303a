import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1RoleBinding } from '../generated/types.ts'
import { defineKind } from '../kind.ts'
import { applyBindingDefaults, bindingColumns, rbacNameErrors } from '../rbac/rbac-kinds.ts'
import { validateRoleBinding, validateRoleRefUpdate } from '../validation/role-binding.ts'

export type RoleBinding = Namespaced<V1RoleBinding>

export const roleBindings = defineKind<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  scope: 'Namespaced',
  model: 'V1RoleBinding',
  columns: bindingColumns,
  nameErrors: rbacNameErrors,
  applyDefaults: applyBindingDefaults,
  validate: (binding) => validateRoleBinding(binding, { isNamespaced: true }),
  validateUpdate: validateRoleRefUpdate,
})
