import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { clusterRoleBindings, clusterRoles, roleBindings, roles, type V1PolicyRule } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { createMemoryStore } from '@quarterdeck/storage'

import { createApiServer, type ApiServer } from '../api-server.ts'
import { apiServerUser } from '../auth/user.ts'

const group = 'rbac.authorization.k8s.io'
const readPods: V1PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }
const writeRoles: V1PolicyRule = {
  apiGroups: [group],
  resources: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
  verbs: ['get', 'create', 'update', 'patch', 'delete'],
}
const place = (name: string) => ({ name, namespace: 'default' })
const roleRef = (kind: 'Role' | 'ClusterRole', name: string) => ({ apiGroup: group, kind, name })
const toBob = [{ kind: 'User', apiGroup: group, name: 'bob' }]

describe('[P13] who writes roles and bindings', () => {
  const store = createMemoryStore()
  let server: ApiServer
  let root: Client
  let users = 0
  before(async () => {
    server = await createApiServer({ store })
    root = server.clientFor(apiServerUser, 'test')
    await root.create(clusterRoles, { metadata: { name: 'reads-pods' }, rules: [readPods] })
    await root.create(clusterRoles, { metadata: { name: 'reads-secrets' }, rules: [{ ...readPods, resources: ['secrets'] }] })
  })
  after(() => store.close())

  /** A client of a new user who may write roles and holds these rules, too. */
  async function writer(...rules: V1PolicyRule[]): Promise<Client> {
    const name = `writer-${++users}`
    await root.create(clusterRoles, { metadata: { name }, rules: [writeRoles, ...rules] })
    await root.create(clusterRoleBindings, {
      metadata: { name },
      roleRef: roleRef('ClusterRole', name),
      subjects: [{ kind: 'User', name }],
    })
    return server.clientFor({ name, groups: ['system:authenticated'] }, 'test')
  }

  test('gives only what they hold, and is told what is missing', async () => {
    const client = await writer({ ...readPods, verbs: ['get'] })
    const rules = [readPods, { apiGroups: [''], resources: ['secrets'], resourceNames: ['a'], verbs: ['get', 'list'] }]
    await assert.rejects(client.create(roles, { metadata: place('too-much'), rules }), (error) => {
      assert.ok(isApiError(error, 'Forbidden'))
      assert.equal(
        error.message,
        `roles.${group} "too-much" is forbidden: user "writer-${users}" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:
{APIGroups:[""], Resources:["pods"], Verbs:["list"]}
{APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get" "list"]}`,
      )
      return true
    })
    const made = await client.create(roles, { metadata: place('enough'), rules: [{ ...readPods, verbs: ['get'], resourceNames: ['a'] }] })
    await assert.rejects(client.update(roles, { ...made, rules }), /not currently held/)
    await client.update(roles, { ...made, rules: [] })
  })

  test('may give everything with the verb escalate', async () => {
    const client = await writer({ apiGroups: [group], resources: ['roles'], verbs: ['escalate'] })
    await client.create(roles, { metadata: place('escalated'), rules: [{ ...readPods, verbs: ['*'] }] })
    await assert.rejects(client.create(clusterRoles, { metadata: { name: 'escalated' }, rules: [readPods] }), /not currently held/)
  })

  test('binds only roles whose rules they hold', async () => {
    const client = await writer(readPods)
    await client.create(roleBindings, { metadata: place('of-pods'), roleRef: roleRef('ClusterRole', 'reads-pods'), subjects: toBob })
    const secrets = { metadata: { name: 'of-secrets' }, roleRef: roleRef('ClusterRole', 'reads-secrets'), subjects: toBob }
    await assert.rejects(client.create(clusterRoleBindings, secrets), /{APIGroups:\[""\], Resources:\["secrets"\], Verbs:\["get" "list"\]}/)
    await assert.rejects(
      client.create(roleBindings, { metadata: place('of-none'), roleRef: roleRef('Role', 'none'), subjects: toBob }),
      (error) => isApiError(error, 'NotFound') && error.message === `roles.${group} "none" not found`,
    )
  })

  test('may bind a role whatever it allows with the verb bind, where they have it', async () => {
    const client = await writer({ apiGroups: [group], resources: ['clusterroles'], resourceNames: ['reads-secrets'], verbs: ['bind'] })
    const secrets = { roleRef: roleRef('ClusterRole', 'reads-secrets'), subjects: toBob }
    await client.create(roleBindings, { metadata: place('bound'), ...secrets })
    await client.create(clusterRoleBindings, { metadata: { name: 'bound' }, ...secrets })
    const pods = { roleRef: roleRef('ClusterRole', 'reads-pods'), subjects: toBob }
    await assert.rejects(client.create(roleBindings, { metadata: place('unbound'), ...pods }), /not currently held/)
  })

  test('makes aggregated roles only with everything', async () => {
    const client = await writer(readPods)
    const role = {
      metadata: { name: 'whole' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
      rules: [readPods],
    }
    await assert.rejects(client.create(clusterRoles, role), /must have cluster-admin privileges to use the aggregationRule/)
    const admin = await writer({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] })
    const made = await admin.create(clusterRoles, role)
    await assert.rejects(client.update(clusterRoles, { ...made, rules: [] }), /must have cluster-admin privileges/)
  })

  test('may change owners and finalizers of what they could not give, as the garbage collector does', async () => {
    const made = await root.create(roles, {
      metadata: { ...place('owned'), finalizers: ['example.com/x'] },
      rules: [{ ...readPods, verbs: ['*'] }],
    })
    const client = await writer()
    await client.update(roles, { ...made, metadata: { ...made.metadata, finalizers: [] } })
    const now = await client.get(roles, place('owned'))
    await assert.rejects(client.update(roles, { ...now, metadata: { ...now.metadata, labels: { a: 'b' } } }), /not currently held/)
  })
})
