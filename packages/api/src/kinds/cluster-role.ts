import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1ClusterRole } from '../generated/types.ts'
import { defineKind, nameColumn } from '../kind.ts'
import { createdAtColumn, rbacNameErrors } from '../rbac/rbac-kinds.ts'
import { validateClusterRole } from '../validation/role.ts'

export type ClusterRole = ClusterScoped<V1ClusterRole>

export const clusterRoles = defineKind<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  scope: 'Cluster',
  model: 'V1ClusterRole',
  columns: [nameColumn, createdAtColumn],
  nameErrors: rbacNameErrors,
  validate: validateClusterRole,
})
