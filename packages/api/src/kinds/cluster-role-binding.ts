import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1ClusterRoleBinding } from '../generated/types.ts'
import { defineKind } from '../kind.ts'
import { applyBindingDefaults, bindingColumns, rbacNameErrors } from '../rbac/rbac-kinds.ts'
import { validateRoleBinding, validateRoleRefUpdate } from '../validation/role-binding.ts'

export type ClusterRoleBinding = ClusterScoped<V1ClusterRoleBinding>

export const clusterRoleBindings = defineKind<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  scope: 'Cluster',
  model: 'V1ClusterRoleBinding',
  columns: bindingColumns,
  nameErrors: rbacNameErrors,
  applyDefaults: applyBindingDefaults,
  validate: (binding) => validateRoleBinding(binding, { isNamespaced: false }),
  validateUpdate: validateRoleRefUpdate,
})
