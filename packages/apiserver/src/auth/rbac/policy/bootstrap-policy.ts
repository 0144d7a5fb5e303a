import {
  aggregatedRulesOf,
  rbacGroup,
  type ClusterRole,
  type ClusterRoleBinding,
  type RbacV1Subject,
  type Role,
  type RoleBinding,
} from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'

import { clusterRoleBindingSpecs, type ClusterRoleBindingSpec } from './cluster-role-bindings.ts'
import { clusterRoleSpecs, type RoleSpec } from './cluster-roles.ts'
import { controllerRules } from './controller-roles.ts'
import { namespaceRoles } from './namespace-roles.ts'

/** Whether a start of a server may change a role or binding of the policy: not if an administrator says "false". */
export const autoUpdateAnnotation = 'rbac.authorization.kubernetes.io/autoupdate'
const aggregateTo = (role: string): string => `rbac.authorization.k8s.io/aggregate-to-${role}`
const controllerPrefix = 'system:controller:'

export interface BootstrapPolicy {
  clusterRoles: readonly Draft<ClusterRole>[]
  clusterRoleBindings: readonly Draft<ClusterRoleBinding>[]
  roles: readonly Draft<Role>[]
  roleBindings: readonly Draft<RoleBinding>[]
}

/** The roles and bindings that every cluster has. */
export function bootstrapPolicy(): BootstrapPolicy {
  const controllers = Object.entries(controllerRules)
  return {
    clusterRoles: withAggregated([
      ...Object.entries(clusterRoleSpecs).map(([name, spec]) => clusterRole(name, spec)),
      ...controllers.map(([name, rules]) => clusterRole(controllerPrefix + name, { rules })),
    ]),
    clusterRoleBindings: [
      ...Object.entries(clusterRoleBindingSpecs).map(([name, spec]) => clusterRoleBinding(name, spec)),
      ...controllers.map(([name]) => clusterRoleBinding(controllerPrefix + name, { serviceAccounts: [name] })),
    ],
    roles: inNamespaces((namespace, name, { rules }) => ({ metadata: metadata(name, { namespace }), rules: [...rules] })),
    roleBindings: inNamespaces((namespace, name, { binding = name, ...whom }) => ({
      metadata: metadata(binding, { namespace }),
      roleRef: { apiGroup: rbacGroup, kind: 'Role', name },
      subjects: subjectsOf(whom),
    })),
  }
}

/** Its controller makes the rules of aggregated roles; the first it need not wait for. */
function withAggregated(roles: readonly Draft<ClusterRole>[]): Draft<ClusterRole>[] {
  let all = roles as readonly ClusterRole[]
  // Twice more: view is part of edit, which is part of admin.
  for (let depth = 0; depth < 3; depth++) all = all.map((role) => ({ ...role, rules: [...aggregatedRulesOf(role, all)] }))
  return [...all]
}

function clusterRole(name: string, { rules, aggregates, aggregateTo: whole }: RoleSpec): Draft<ClusterRole> {
  return {
    metadata: metadata(name, {}, whole === undefined ? {} : { [aggregateTo(whole)]: 'true' }),
    ...(aggregates === undefined
      ? {}
      : { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [aggregateTo(aggregates)]: 'true' } }] } }),
    rules: [...rules],
  }
}

function clusterRoleBinding(name: string, whom: ClusterRoleBindingSpec): Draft<ClusterRoleBinding> {
  const subjects = subjectsOf(whom)
  return {
    metadata: metadata(name),
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
    ...(subjects.length > 0 ? { subjects } : {}),
  }
}

function subjectsOf({ users = [], groups = [], serviceAccounts = [] }: ClusterRoleBindingSpec): RbacV1Subject[] {
  return [
    ...users.map((name) => ({ kind: 'User', apiGroup: rbacGroup, name })),
    ...groups.map((name) => ({ kind: 'Group', apiGroup: rbacGroup, name })),
    ...serviceAccounts.map((name) => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' })),
  ]
}

function inNamespaces<T>(make: (namespace: string, name: string, spec: (typeof namespaceRoles)[string][string]) => T): T[] {
  return Object.entries(namespaceRoles).flatMap(([namespace, specs]) =>
    Object.entries(specs).map(([name, spec]) => make(namespace, name, spec)),
  )
}

function metadata<T extends object>(name: string, place: T = {} as T, labels: Record<string, string> = {}) {
  return {
    name,
    ...place,
    annotations: { [autoUpdateAnnotation]: 'true' },
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
  }
}
