import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { clusterRoleBindings, rbacGroup, serviceAccounts } from '@quarterdeck/api'

import { isStatus } from '../testing/requests.ts'
import { startRestServer, type Answer, type RestServer } from '../testing/rest-server.ts'

const authorization = '/apis/authorization.k8s.io/v1'
const authentication = '/apis/authentication.k8s.io/v1'
const onPods = { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'default' } }
const onPath = { nonResourceAttributes: { verb: 'get', path: '/metrics' } }

describe('[P15] a review', () => {
  let server: RestServer
  let viewer: { token: string }
  before(async () => {
    server = await startRestServer()
    const account = await server.client.create(serviceAccounts, { metadata: { name: 'viewer', namespace: 'default' } })
    viewer = await server.api.tokens.issue({
      namespace: 'default',
      account: { name: 'viewer', uid: account.metadata.uid },
      audiences: [],
      expirationSeconds: 600,
    })
    await server.client.create(clusterRoleBindings, {
      metadata: { name: 'viewer' },
      roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'viewer' }],
    })
  })
  after(() => server.close())

  const ask = (path: string, body: unknown, as?: { token: string }): Promise<Answer> =>
    server.call('POST', path, { body, ...(as ? { as } : {}) })

  test('has apiVersion and kind, whether it was asked with them or not', async () => {
    const { status, json } = await ask(`${authorization}/selfsubjectaccessreviews`, { spec: onPods })
    assert.equal(status, 201)
    assert.deepEqual(json, {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: onPods,
      status: { allowed: true },
    })
  })

  const subject = { user: 'ann', groups: ['system:authenticated'] }
  const local = `${authorization}/namespaces/default/localsubjectaccessreviews`
  const refused: [what: string, path: string, body: unknown, code: number, message?: RegExp][] = [
    [
      'of another kind',
      `${authorization}/selfsubjectaccessreviews`,
      { kind: 'Pod', apiVersion: 'v1', spec: onPods },
      400,
      /does not match the expected API version/,
    ],
    [
      'of another kind of its group',
      `${authorization}/selfsubjectaccessreviews`,
      { kind: 'SubjectAccessReview', spec: onPods },
      400,
      /cannot be handled as a SelfSubjectAccessReview/,
    ],
    ['that is no object', `${authorization}/subjectaccessreviews`, [], 400],
    ['with a field of another type', `${authorization}/selfsubjectaccessreviews`, { spec: { resourceAttributes: { verb: 1 } } }, 400],
    [
      'of oneself about nothing',
      `${authorization}/selfsubjectaccessreviews`,
      { spec: {} },
      422,
      /exactly one of nonResourceAttributes or resourceAttributes must be specified/,
    ],
    [
      'of oneself about both',
      `${authorization}/selfsubjectaccessreviews`,
      { spec: { ...onPods, ...onPath } },
      422,
      /cannot be specified in combination with resourceAttributes/,
    ],
    [
      'with a name',
      `${authorization}/selfsubjectaccessreviews`,
      { metadata: { name: 'x' }, spec: onPods },
      422,
      /metadata: Invalid value: .*: must be empty/,
    ],
    ['about nothing', `${authorization}/subjectaccessreviews`, {}, 422, /at least one of user or group must be specified/],
    ['about nobody', `${authorization}/subjectaccessreviews`, { spec: onPods }, 422, /spec.user: Invalid value: ""/],
    [
      'of a namespace about another',
      local,
      { spec: { ...subject, resourceAttributes: { namespace: 'other', verb: 'get' } } },
      422,
      /must match metadata.namespace/,
    ],
    ['of a namespace about a path', local, { spec: { ...subject, ...onPath } }, 422, /disallowed on this kind of request/],
    [
      'that says another namespace than its path',
      local,
      { metadata: { namespace: 'other' }, spec: { ...subject, ...onPods } },
      400,
      /does not match the namespace/,
    ],
    [
      'with an empty selector',
      `${authorization}/selfsubjectaccessreviews`,
      { spec: { resourceAttributes: { verb: 'list', fieldSelector: {} } } },
      422,
      /requirements or rawSelector is required/,
    ],
    ['of rules in no namespace', `${authorization}/selfsubjectrulesreviews`, { spec: {} }, 400, /no namespace on request/],
    ['of no token', `${authentication}/tokenreviews`, { spec: {} }, 400, /token is required for TokenReview in authentication/],
  ]
  for (const [what, path, body, code, message] of refused)
    test(`${what} is refused with ${code}`, async () => {
      const answer = await ask(path, body)
      isStatus(answer, code, code === 422 ? 'Invalid' : 'BadRequest')
      if (message) assert.match(answer.json.message, message)
    })

  test('says of others what roles say, and why', async () => {
    const spec = { user: 'system:serviceaccount:default:viewer', groups: [], ...onPods }
    const { json } = await ask(`${authorization}/subjectaccessreviews`, { spec })
    assert.deepEqual(json.status, {
      allowed: true,
      reason: 'RBAC: allowed by ClusterRoleBinding "viewer" of ClusterRole "view" to ServiceAccount "viewer/default"',
    })
    const deleting = { ...spec, resourceAttributes: { ...onPods.resourceAttributes, verb: 'delete' } }
    assert.deepEqual((await ask(local, { spec: deleting })).json.status, { allowed: false })
    assert.deepEqual((await ask(local, { spec: deleting })).json.metadata, { namespace: 'default' })
  })

  test('hands selectors to the authorizers, and says which it could not read', async () => {
    const node = { user: 'system:node:n1', groups: ['system:nodes'] }
    const review = async (fieldSelector: object): Promise<unknown> => {
      const spec = { ...node, resourceAttributes: { verb: 'list', version: 'v1', resource: 'pods', fieldSelector } }
      return (await ask(`${authorization}/subjectaccessreviews`, { spec })).json.status
    }
    const ofNode = (name: string): object => ({ requirements: [{ key: 'spec.nodeName', operator: 'In', values: [name] }] })
    assert.deepEqual(await review(ofNode('n1')), { allowed: true })
    assert.deepEqual(await review({ rawSelector: 'spec.nodeName=n1' }), { allowed: true })
    const reason = 'can only list/watch pods with spec.nodeName field selector'
    assert.deepEqual(await review(ofNode('n2')), { allowed: false, reason })
    const evaluationError = 'spec.resourceAttributes.fieldSelector partially ignored due to parse error'
    assert.deepEqual(await review({ rawSelector: '!!' }), { allowed: false, reason, evaluationError })
  })

  test('of whoever asks tells who they are, what they may, and what they may do all told', async () => {
    const { json: me } = await ask(`${authentication}/selfsubjectreviews`, {}, viewer)
    assert.equal(me.status.userInfo.username, 'system:serviceaccount:default:viewer')
    assert.match(me.metadata.creationTimestamp, /^\d{4}-/)
    assert.equal((await ask(`${authorization}/selfsubjectaccessreviews`, { spec: onPods }, viewer)).json.status.allowed, true)
    assert.equal((await ask(`${authorization}/selfsubjectaccessreviews`, { spec: onPath }, viewer)).json.status.allowed, false)
    const { status } = (await ask(`${authorization}/selfsubjectrulesreviews`, { spec: { namespace: 'default' } }, viewer)).json
    assert.equal(status.incomplete, false)
    assert.ok(status.resourceRules.some(({ resources }: { resources: string[] }) => resources.includes('pods/log')))
    assert.ok(status.nonResourceRules.some(({ nonResourceURLs }: { nonResourceURLs: string[] }) => nonResourceURLs.includes('/api/*')))
    const { json: all } = await ask(`${authorization}/selfsubjectrulesreviews`, { spec: { namespace: 'default' } })
    assert.deepEqual(all.status.resourceRules[0], { verbs: ['*'], apiGroups: ['*'], resources: ['*'] })
  })

  test('of a token tells whose it is; of others only who may is told', async () => {
    const { json } = await ask(`${authentication}/tokenreviews`, { spec: { token: viewer.token } })
    assert.deepEqual([json.status.authenticated, json.status.user.username], [true, 'system:serviceaccount:default:viewer'])
    assert.deepEqual((await ask(`${authentication}/tokenreviews`, { spec: { token: 'x' } })).json.status, {
      user: {},
      error: 'invalid bearer token',
    })
    isStatus(await ask(`${authentication}/tokenreviews`, { spec: { token: 'x' } }, viewer), 403, 'Forbidden')
    const about = await ask(`${authorization}/subjectaccessreviews`, { spec: { ...subject, ...onPods } }, viewer)
    isStatus(about, 403, 'Forbidden')
    assert.match(
      about.json.message,
      /^subjectaccessreviews.authorization.k8s.io is forbidden: User "system:serviceaccount:default:viewer" cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope$/,
    )
  })
})
