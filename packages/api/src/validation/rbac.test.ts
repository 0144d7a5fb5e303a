import assert from 'node:assert/strict'
import { test } from 'node:test'

import { clusterRoleBindings } from '../kinds/cluster-role-binding.ts'
import { clusterRoles, type ClusterRole } from '../kinds/cluster-role.ts'
import { roleBindings, type RoleBinding } from '../kinds/role-binding.ts'
import { roles } from '../kinds/role.ts'
import { aggregatedRulesOf } from '../rbac/aggregate.ts'
import { testCreations, testUpdates, type Part } from '../testing/validation-cases.ts'

const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] }
const paths = { verbs: ['get'], nonResourceURLs: ['/healthz'] }
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }
const binding = (subject: Part, ref: Part = roleRef): Part => ({ roleRef: ref, subjects: [subject] })
const user = { kind: 'User', name: 'ann' }

testCreations({
  'roles.rbac.authorization.k8s.io': [
    ['a rule', { rules: [rule] }],
    ['no rule', {}],
    ['a rule without verbs', { rules: [{ ...rule, verbs: [] }] }, 'rules[0].verbs: verbs must contain at least one value'],
    [
      'a rule without groups',
      { rules: [{ ...rule, apiGroups: [] }] },
      'rules[0].apiGroups: resource rules must supply at least one api group',
    ],
    [
      'a rule without resources',
      { rules: [{ ...rule, resources: [] }] },
      'rules[0].resources: resource rules must supply at least one resource',
    ],
    ['a rule of paths', { rules: [paths] }, 'rules[0].nonResourceURLs: namespaced rules cannot apply to non-resource URLs'],
  ],
  'clusterroles.rbac.authorization.k8s.io': [
    ['a rule of paths', { rules: [paths] }],
    [
      'a rule of paths and resources',
      { rules: [{ ...rule, ...paths }] },
      'rules[0].nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs',
    ],
    ['a selector of roles', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } }],
    [
      'no selector of roles',
      { aggregationRule: {} },
      'aggregationRule.clusterRoleSelectors: at least one clusterRoleSelector required if aggregationRule is non-nil',
    ],
    [
      'a bad selector of roles',
      { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] } },
      "aggregationRule.clusterRoleSelectors[0].matchExpressions[0].values: must be specified when `operator` is 'In' or 'NotIn'",
    ],
  ],
  'rolebindings.rbac.authorization.k8s.io': [
    ['a user', binding(user)],
    ['an account of its namespace', binding({ kind: 'ServiceAccount', name: 'a' })],
    ['a user without a name', binding({ kind: 'User', name: '' }), 'subjects[0].name: Required value'],
    ['a bad account', binding({ kind: 'ServiceAccount', name: 'A B' }), 'subjects[0].name: a lowercase RFC 1123 subdomain'],
    [
      'an account of another group',
      binding({ kind: 'ServiceAccount', name: 'a', apiGroup: 'x' }),
      'subjects[0].apiGroup: supported values: ""',
    ],
    ['a user of another group', binding({ ...user, apiGroup: 'x' }), 'subjects[0].apiGroup: "rbac.authorization.k8s.io"'],
    ['a Pod as subject', binding({ kind: 'Pod', name: 'a' }), 'subjects[0].kind: "ServiceAccount", "User", "Group"'],
    ['another kind of role', binding(user, { ...roleRef, kind: 'Pod' }), 'roleRef.kind: supported values: "Role", "ClusterRole"'],
    ['a role of another group', binding(user, { ...roleRef, apiGroup: 'x' }), 'roleRef.apiGroup: "rbac.authorization.k8s.io"'],
    ['a role without a name', binding(user, { ...roleRef, name: '' }), 'roleRef.name: Required value'],
    ['a role of a bad name', binding(user, { ...roleRef, name: 'a/b' }), "roleRef.name: may not contain '/'"],
  ],
  'clusterrolebindings.rbac.authorization.k8s.io': [
    ['a group', binding({ kind: 'Group', name: 'system:masters' })],
    ['an account without a namespace', binding({ kind: 'ServiceAccount', name: 'a' }), 'subjects[0].namespace: Required value'],
    ['a Role', binding(user, { ...roleRef, kind: 'Role' }), 'roleRef.kind: supported values: "ClusterRole"'],
  ],
})

const otherRole = binding(user, { ...roleRef, name: 'edit' })
testUpdates({
  'rolebindings.rbac.authorization.k8s.io': [
    ['the subjects', binding(user), binding({ kind: 'Group', name: 'g' })],
    ['the role', binding(user), otherRole, 'roleRef: cannot change roleRef'],
  ],
  'clusterrolebindings.rbac.authorization.k8s.io': [['the role', binding(user), otherRole, 'roleRef: cannot change roleRef']],
})

test('names of roles need only fit in a path', () => {
  assert.deepEqual(roles.nameErrors?.('system::leader-locking'), [])
  assert.deepEqual(clusterRoles.nameErrors?.('a%b/c'), ["may not contain '/'", "may not contain '%'"])
  assert.deepEqual(clusterRoleBindings.nameErrors?.('..'), ["may not be '..'"])
})

test('bindings show their role, and in the wide output their subjects by kind', () => {
  const object = {
    metadata: { name: 'b', namespace: 'ns', creationTimestamp: '2026-01-01T00:00:00Z' },
    roleRef,
    subjects: [user, { kind: 'User', name: 'bob' }, { kind: 'Group', name: 'g' }, { kind: 'ServiceAccount', namespace: 'ns', name: 'a' }],
  } as RoleBinding
  const cells = Object.fromEntries(roleBindings.columns.map((column) => [column.name, column.value(object, 0)]))
  assert.deepEqual(cells, {
    Name: 'b',
    Role: 'ClusterRole/view',
    Age: '2026-01-01T00:00:00Z',
    Users: 'ann, bob',
    Groups: 'g',
    ServiceAccounts: 'ns/a',
  })
})

test('an aggregated role has each rule of the roles that it selects once, and none of its own', () => {
  const role = (name: string, labels: Record<string, string>, part: Partial<ClusterRole> = {}): ClusterRole =>
    ({ metadata: { name, labels }, ...part }) as ClusterRole
  const all = [
    role('c', { to: 'x' }, { rules: [rule, paths] }),
    role('b', { to: 'x' }, { rules: [rule] }),
    role('a', { to: 'y' }, { rules: [{ ...rule, verbs: ['list'] }] }),
  ]
  const whole = role('x', { to: 'x' }, { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'x' } }] }, rules: [] })
  assert.deepEqual(aggregatedRulesOf(whole, [...all, whole]), [rule, paths])
})
