import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { aggregatedRulesOf, clusterRoles, clusterRoleBindings, roleBindings, roles, type ClusterRole } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import { createMemoryStore } from '@quarterdeck/storage'

import { createApiServer } from '../../../api-server.ts'
import { chainOf, type Authorizer } from '../../authorizer.ts'
import { privilegedGroups } from '../../privileged-groups.ts'
import { accountUser, attributesOf } from '../../testing/attributes.ts'
import { putObject, type StoredKind } from '../../testing/store-objects.ts'
import { apiServerUser, type User } from '../../user.ts'
import { RbacAuthorizer } from '../rbac-authorizer.ts'
import { autoUpdateAnnotation, bootstrapPolicy } from './bootstrap-policy.ts'

const policy = bootstrapPolicy()

async function defaults(bindings: KubeObject[] = []): Promise<Authorizer> {
  const store = createMemoryStore()
  const all: [StoredKind, readonly unknown[]][] = [
    [clusterRoles, policy.clusterRoles],
    [roles, policy.roles],
    [clusterRoleBindings, [...policy.clusterRoleBindings, ...bindings]],
    [roleBindings, policy.roleBindings],
  ]
  for (const [kind, objects] of all) for (const object of objects) await putObject(store, kind, object as KubeObject)
  const rbac = new RbacAuthorizer()
  await rbac.follow(store)
  await store.close()
  return chainOf([privilegedGroups, rbac])
}

const authenticated = 'system:authenticated'
const bound = (role: string): User => ({ name: `of-${role}`, groups: [authenticated] })
const bindingOf = (role: string): KubeObject =>
  ({
    metadata: { name: `test-${role}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'User', name: `of-${role}` }],
  }) as unknown as KubeObject

const view = [
  'get pods a in ns',
  'list pods in ns',
  'get pods/log a in ns',
  'get configmaps c in ns',
  'list deployments.apps in ns',
  'get namespaces ns in ns',
  'get pods/scheduling a in ns',
  'list pods.metrics.k8s.io in ns',
  'get resourceclaims.resource.k8s.io c in ns',
  'get events e in ns',
]
const edit = [
  'create pods in ns',
  'get secrets s in ns',
  'create pods/exec a in ns',
  'patch deployments.apps/scale d in ns',
  'create pods/eviction a in ns',
  'create serviceaccounts/token s in ns',
  'impersonate serviceaccounts s in ns',
  'update leases.coordination.k8s.io l in ns',
  'delete networkpolicies.networking.k8s.io p in ns',
]
const admin = [
  'create rolebindings.rbac.authorization.k8s.io in ns',
  'create localsubjectaccessreviews.authorization.k8s.io in ns',
  'delete roles.rbac.authorization.k8s.io r in ns',
]
const notEvenAdmin = [
  'update resourcequotas q in ns',
  'update pods/status a in ns',
  'get nodes n',
  'create clusterroles.rbac.authorization.k8s.io',
  'update endpoints e in ns',
  'create pods/binding a in ns',
  'get /metrics',
  'delete namespaces ns in ns',
]
const discovery = ['get /api', 'get /api/v1', 'get /apis/apps/v1', 'get /openapi/v2', 'get /version', 'get /healthz']
const self = [
  'create selfsubjectaccessreviews.authorization.k8s.io',
  'create selfsubjectrulesreviews.authorization.k8s.io',
  'create selfsubjectreviews.authentication.k8s.io',
]
const controller = (name: string): User => accountUser('kube-system', name)

const cases: [who: string, user: User, allowed: string[], refused: string[]][] = [
  [
    'an anonymous user',
    { name: 'system:anonymous', groups: ['system:unauthenticated'] },
    ['get /healthz', 'get /livez', 'get /readyz', 'get /version', 'get /version/'],
    ['get /api', 'get /apis', 'get /openapi/v2', 'get /livez/ping', 'get /metrics', 'list pods in ns', ...self],
  ],
  [
    'an authenticated user',
    { name: 'ann', groups: [authenticated] },
    [...discovery, ...self],
    [
      'list pods in ns',
      'get /metrics',
      'get /logs',
      'create tokenreviews.authentication.k8s.io',
      'create subjectaccessreviews.authorization.k8s.io',
    ],
  ],
  ['a member of system:masters', { name: 'root', groups: ['system:masters'] }, [...view, ...edit, ...admin, ...notEvenAdmin], []],
  [
    'cluster-admin',
    bound('cluster-admin'),
    [...view, ...edit, ...admin, ...notEvenAdmin, 'escalate roles.rbac.authorization.k8s.io r in ns'],
    [],
  ],
  ['admin', bound('admin'), [...view, ...edit, ...admin], notEvenAdmin],
  ['edit', bound('edit'), [...view, ...edit], [...admin, ...notEvenAdmin]],
  ['view', bound('view'), view, [...edit, ...admin, ...notEvenAdmin]],
  [
    'system:monitoring',
    { name: 'm', groups: ['system:monitoring'] },
    ['get /metrics', 'get /livez/ping', 'get /readyz/store'],
    ['get /api', 'list pods'],
  ],
  [
    'a service account',
    accountUser('ns', 'a'),
    ['get /openid/v1/jwks', 'get /.well-known/openid-configuration', ...discovery],
    ['get secrets s in ns'],
  ],
  [
    'the proxy of nodes',
    { name: 'system:kube-proxy', groups: [authenticated] },
    ['watch services', 'list endpointslices.discovery.k8s.io', 'get nodes n', 'create events.events.k8s.io in ns'],
    ['list pods', 'update services s in ns'],
  ],
  [
    'a node, by roles alone',
    { name: 'n', groups: ['system:nodes', authenticated] },
    ['watch services', 'list endpointslices.discovery.k8s.io'],
    ['get secrets s in ns', 'list pods', 'get nodes n', 'create serviceaccounts/token a in ns'],
  ],
  ['the DNS', controller('kube-dns'), ['list endpoints', 'watch services'], ['get services s in ns', 'list pods']],
  [
    'the scheduler',
    { name: 'system:kube-scheduler', groups: [authenticated] },
    [
      'create pods/binding p in ns',
      'update resourceclaims.resource.k8s.io/status c in ns',
      'patch resourceclaims.resource.k8s.io/binding c in ns',
      'update persistentvolumeclaims c in ns',
      'update leases.coordination.k8s.io kube-scheduler in kube-system',
      'get configmaps extension-apiserver-authentication in kube-system',
    ],
    ['create pods in ns', 'update leases.coordination.k8s.io other in kube-system', 'get secrets s in ns'],
  ],
  [
    'the controller manager',
    { name: 'system:kube-controller-manager', groups: [authenticated] },
    ['list secrets', 'create serviceaccounts/token a in ns', 'update leases.coordination.k8s.io kube-controller-manager in kube-system'],
    ['delete pods p in ns', 'update deployments.apps d in ns'],
  ],
  [
    'the controller of deployments',
    controller('deployment-controller'),
    ['create replicasets.apps in ns', 'update deployments.apps/status d in ns', 'patch events e in ns'],
    ['create pods in ns', 'get secrets s in ns'],
  ],
  [
    'the garbage collector',
    controller('generic-garbage-collector'),
    ['delete anything.example.com x in ns', 'patch secrets s in ns'],
    ['create pods in ns'],
  ],
  ['the token cleaner', controller('token-cleaner'), ['delete secrets s in kube-system'], ['delete secrets s in ns']],
  [
    'the certificate controller',
    controller('certificate-controller'),
    [
      'sign signers.certificates.k8s.io kubernetes.io/kubelet-serving',
      'approve signers.certificates.k8s.io kubernetes.io/kube-apiserver-client-kubelet',
    ],
    ['approve signers.certificates.k8s.io kubernetes.io/kubelet-serving', 'sign signers.certificates.k8s.io example.com/x'],
  ],
]

describe('[P10] of the default roles', () => {
  for (const [who, user, allowedOnes, refusedOnes] of cases)
    test(`${who} may do what is theirs, and nothing else`, async () => {
      const authorizer = await defaults(['cluster-admin', 'admin', 'edit', 'view'].map(bindingOf))
      const decide = async (what: string): Promise<string> => (await authorizer.authorize(attributesOf(what, user))).decision
      for (const what of allowedOnes) assert.equal(await decide(what), 'allow', what)
      for (const what of refusedOnes) assert.equal(await decide(what), 'noOpinion', what)
    })

  test('aggregated ones come with the rules that their controller would give them', () => {
    const all = policy.clusterRoles as unknown as ClusterRole[]
    for (const name of ['view', 'edit', 'admin']) {
      const role = all.find(({ metadata }) => metadata.name === name)!
      assert.ok(role.rules!.length > 5)
      assert.deepEqual(role.rules, aggregatedRulesOf(role, all))
    }
  })

  test('none is named twice, and every binding has its role', () => {
    const names = policy.clusterRoles.map(({ metadata }) => metadata.name)
    assert.equal(new Set(names).size, names.length)
    for (const { roleRef } of policy.clusterRoleBindings) assert.ok(names.includes(roleRef.name), roleRef.name)
  })
})

describe('[P11] a start of the server', () => {
  const roleKey = (name: string) => ({ namespace: '', name })

  test('adds what is missing of the policy, and takes nothing away', async (t) => {
    const store = createMemoryStore()
    t.after(() => store.close())
    const client = (await createApiServer({ store })).clientFor(apiServerUser, 'test')
    const own = { verbs: ['get'], apiGroups: ['x'], resources: ['y'] }
    const basic = await client.get(clusterRoles, roleKey('system:basic-user'))
    await client.update(clusterRoles, { ...basic, metadata: { ...basic.metadata, labels: { mine: 'yes' } }, rules: [own] })
    const monitoring = await client.get(clusterRoleBindings, roleKey('system:monitoring'))
    await client.update(clusterRoleBindings, { ...monitoring, subjects: [{ kind: 'User', name: 'ann' }] })
    await client.delete(clusterRoles, roleKey('view'))
    await client.delete(clusterRoleBindings, roleKey('system:discovery'))
    await client.create(clusterRoleBindings, {
      metadata: { name: 'system:discovery' },
      roleRef: { apiGroup: '', kind: 'ClusterRole', name: 'view' },
    })

    await createApiServer({ store })
    const after = await client.get(clusterRoles, roleKey('system:basic-user'))
    assert.deepEqual(after.rules?.[0], own)
    assert.equal(after.rules?.length, 4)
    assert.deepEqual(after.metadata.labels, { mine: 'yes', 'kubernetes.io/bootstrapping': 'rbac-defaults' })
    const { subjects } = await client.get(clusterRoleBindings, roleKey('system:monitoring'))
    assert.deepEqual(
      subjects?.map(({ name }) => name),
      ['ann', 'system:monitoring'],
    )
    assert.equal((await client.get(clusterRoleBindings, roleKey('system:discovery'))).roleRef.name, 'system:discovery')
    assert.ok((await client.get(clusterRoles, roleKey('view'))).rules?.length)
  })

  test('leaves alone what an administrator took into their hands', async (t) => {
    const store = createMemoryStore()
    t.after(() => store.close())
    const client = (await createApiServer({ store })).clientFor(apiServerUser, 'test')
    const role = await client.get(clusterRoles, roleKey('system:discovery'))
    const annotations = { [autoUpdateAnnotation]: 'false' }
    await client.update(clusterRoles, { ...role, metadata: { ...role.metadata, annotations }, rules: [] })
    await createApiServer({ store })
    assert.deepEqual((await client.get(clusterRoles, roleKey('system:discovery'))).rules ?? [], [])
  })

  test('writes nothing where nothing is missing, also of several at once', async (t) => {
    const store = createMemoryStore()
    t.after(() => store.close())
    await Promise.all(Array.from({ length: 3 }, () => createApiServer({ store })))
    const count = (await store.cache(clusterRoles.resource)).size
    assert.equal(count, policy.clusterRoles.length)
    const before = await store.currentRevision()
    await createApiServer({ store })
    assert.equal(await store.currentRevision(), before)
  })
})
