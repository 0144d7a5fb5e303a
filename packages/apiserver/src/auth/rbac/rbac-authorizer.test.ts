import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import { clusterRoleBindings, clusterRoles, roleBindings, roles, type V1PolicyRule } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import { createMemoryStore, type ObjectStore } from '@quarterdeck/storage'

import { accountUser, ann, attributesOf } from '../testing/attributes.ts'
import { putObject, removeObject, type StoredKind } from '../testing/store-objects.ts'
import { RbacAuthorizer } from './rbac-authorizer.ts'

const group = 'rbac.authorization.k8s.io'
const onPods: V1PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }

interface Cluster {
  store: ObjectStore
  rbac: RbacAuthorizer
  role(name: string, ...rules: V1PolicyRule[]): Promise<void>
  bind(name: string, roleRef: string, subjects: object[]): Promise<void>
  remove(kind: StoredKind, name: string): Promise<void>
}

/** `name` is of the cluster, `namespace/name` of a namespace; a role is named by its kind and name: `Role/reader`. */
async function open(t: TestContext): Promise<Cluster> {
  const store = createMemoryStore()
  t.after(() => store.close())
  const rbac = new RbacAuthorizer()
  await rbac.follow(store)
  const put = (path: string, [inNamespace, ofCluster]: readonly [StoredKind, StoredKind], part: object): Promise<void> => {
    const [name = '', namespace] = path.split('/').toReversed()
    const object = { metadata: { name, ...(namespace ? { namespace } : {}) }, ...part } as unknown as KubeObject
    return putObject(store, namespace ? inNamespace : ofCluster, object)
  }
  return {
    store,
    rbac,
    role: (path, ...rules) => put(path, [roles, clusterRoles], { rules }),
    bind: (path, roleRef, subjects) => {
      const [kind = '', name = ''] = roleRef.split('/')
      return put(path, [roleBindings, clusterRoleBindings], {
        roleRef: { apiGroup: group, kind, name },
        subjects,
      })
    },
    remove: (kind, path) => {
      const [name = '', namespace = ''] = path.split('/').toReversed()
      return removeObject(store, kind, { namespace, name })
    },
  }
}

const userAnn = { kind: 'User', apiGroup: group, name: 'ann' }

describe('[P8] roles allow', () => {
  const cases: [rule: Partial<V1PolicyRule>, allowed: string[], refused: string[]][] = [
    [
      {},
      ['get pods a in ns', 'list pods in ns', 'list pods'],
      ['delete pods a in ns', 'get pods/log a in ns', 'get pods.apps a in ns', 'get /pods'],
    ],
    [{ resources: ['pods/log'] }, ['get pods/log a in ns'], ['get pods a in ns', 'get pods/status a in ns']],
    [{ resources: ['*'] }, ['get pods a in ns', 'get pods/log a in ns', 'get secrets x in ns'], ['get pods.apps a in ns']],
    [
      { resources: ['*/scale'], apiGroups: ['*'] },
      ['get deployments.apps/scale a in ns', 'get x.y.z/scale a'],
      ['get deployments.apps a in ns'],
    ],
    [{ resources: ['pods/*'] }, [], ['get pods/log a in ns', 'get pods a in ns']],
    [{ apiGroups: ['*'] }, ['get pods.metrics.k8s.io a in ns'], ['get nodes a']],
    [{ verbs: ['*'] }, ['escalate pods a in ns'], ['get nodes a']],
    [{ resourceNames: ['a', 'b'] }, ['get pods a in ns', 'get pods b in ns'], ['get pods c in ns', 'list pods in ns']],
    [{ verbs: ['create'], resourceNames: ['a'] }, [], ['create pods in ns']],
  ]
  for (const [part, allowedOnes, refusedOnes] of cases)
    test(JSON.stringify(part), async (t) => {
      const { rbac, role, bind } = await open(t)
      await role('r', { ...onPods, ...part })
      await bind('b', 'ClusterRole/r', [userAnn])
      const decide = (what: string): string => rbac.authorize(attributesOf(what)).decision
      for (const what of allowedOnes) assert.equal(decide(what), 'allow', what)
      for (const what of refusedOnes) assert.equal(decide(what), 'noOpinion', what)
    })

  test('paths, with a star at their end', async (t) => {
    const { rbac, role, bind } = await open(t)
    await role('r', { verbs: ['get'], nonResourceURLs: ['/healthz', '/api/*', '/logs*'] })
    await bind('b', 'ClusterRole/r', [userAnn])
    const decide = (path: string, verb = 'get'): boolean => rbac.authorize(attributesOf(`${verb} ${path}`)).decision === 'allow'
    assert.deepEqual(
      ['/healthz', '/api/', '/api/v1', '/logs', '/logs/x'].filter((path) => !decide(path)),
      [],
    )
    assert.deepEqual(
      ['/', '/healthz/', '/api', '/apis'].filter((path) => decide(path)),
      [],
    )
    assert.ok(!decide('/healthz', 'post'))
  })
})

describe('[P8] bindings grant', () => {
  const subjects: [what: string, subject: object, user: typeof ann, isGranted: boolean][] = [
    ['a user', userAnn, ann, true],
    ['another user', { ...userAnn, name: 'bob' }, ann, false],
    ['a group', { ...userAnn, kind: 'Group', name: 'system:authenticated' }, ann, true],
    ['a service account', { kind: 'ServiceAccount', namespace: 'x', name: 'a' }, accountUser('x', 'a'), true],
    ['one of the binding’s namespace', { kind: 'ServiceAccount', name: 'a' }, accountUser('ns', 'a'), true],
    ['one of its name elsewhere', { kind: 'ServiceAccount', name: 'a' }, accountUser('x', 'a'), false],
    ['a user of an account’s name', { ...userAnn, name: 'system:serviceaccount:x:a' }, accountUser('x', 'a'), true],
    ['all accounts of a namespace', { ...userAnn, kind: 'Group', name: 'system:serviceaccounts:x' }, accountUser('x', 'b'), true],
  ]
  for (const [what, subject, user, isGranted] of subjects)
    test(`${what}: ${isGranted ? 'yes' : 'no'}`, async (t) => {
      const { rbac, role, bind } = await open(t)
      await role('ns/r', onPods)
      await bind('ns/b', 'Role/r', [{ ...userAnn, name: 'somebody' }, subject])
      assert.equal(rbac.authorize(attributesOf('get pods a in ns', user)).decision === 'allow', isGranted)
      assert.equal(rbac.authorize(attributesOf('get pods a in other', user)).decision, 'noOpinion')
    })

  test('the rights of a ClusterRole in one namespace, or in all of them and outside', async (t) => {
    const { rbac, role, bind } = await open(t)
    const may = (what: string): boolean => rbac.authorize(attributesOf(what)).decision === 'allow'
    await role('r', onPods, { ...onPods, resources: ['nodes'] })
    await bind('ns/b', 'ClusterRole/r', [userAnn])
    assert.deepEqual([may('get pods a in ns'), may('get pods a in x'), may('list pods'), may('get nodes a')], [true, false, false, false])
    await bind('b', 'ClusterRole/r', [userAnn])
    assert.deepEqual([may('get pods a in ns'), may('get pods a in x'), may('list pods'), may('get nodes a')], [true, true, true, true])
  })

  test('what the roles say at the time, and say why', async (t) => {
    const { rbac, role, bind, remove } = await open(t)
    const decide = () => rbac.authorize(attributesOf('get pods a in ns'))
    await bind('ns/b', 'Role/r', [userAnn])
    assert.deepEqual(decide(), { decision: 'noOpinion', reason: `RBAC: role.${group} "r" not found` })
    await role('ns/r', onPods)
    assert.deepEqual(decide(), { decision: 'allow', reason: 'RBAC: allowed by RoleBinding "b/ns" of Role "r" to User "ann"' })
    await role('ns/r', { ...onPods, verbs: ['list'] })
    assert.deepEqual(decide(), { decision: 'noOpinion', reason: '' })
    await role('ns/r', onPods)
    await bind('ns/b', 'Role/r', [{ ...userAnn, name: 'bob' }])
    assert.equal(decide().decision, 'noOpinion')
    await bind('c', 'ClusterRole/cr', [{ kind: 'ServiceAccount', namespace: 'x', name: 'a' }])
    await role('cr', onPods)
    assert.equal(
      rbac.authorize(attributesOf('get pods a in ns', accountUser('x', 'a'))).reason,
      'RBAC: allowed by ClusterRoleBinding "c" of ClusterRole "cr" to ServiceAccount "a/x"',
    )
    await remove(clusterRoleBindings, 'c')
    assert.equal(rbac.authorize(attributesOf('get pods a in ns', accountUser('x', 'a'))).decision, 'noOpinion')
  })
})

test('[P9] the rules of a user are those of the roles that are bound to them, and why some are missing', async (t) => {
  const { rbac, role, bind } = await open(t)
  await role('r', onPods, { verbs: ['get'], nonResourceURLs: ['/x'] })
  await role('ns/r', { ...onPods, resourceNames: ['a'] })
  await bind('b', 'ClusterRole/r', [userAnn])
  await bind('ns/b', 'Role/r', [userAnn])
  await bind('ns/gone', 'Role/gone', [userAnn])
  assert.deepEqual(await rbac.rulesFor(ann, 'ns'), {
    resourceRules: [onPods, { ...onPods, resourceNames: ['a'] }],
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }],
    incomplete: true,
    evaluationError: `role.${group} "gone" not found`,
  })
  assert.equal((await rbac.rulesFor(ann, 'other')).incomplete, false)
})
