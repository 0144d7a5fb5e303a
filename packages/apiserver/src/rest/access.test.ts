import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { nodes, pods, secrets, serviceAccounts } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import { createHttpClient } from '@quarterdeck/client'

import { isStatus } from '../testing/requests.ts'
import { startRestServer, type Answer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const create = (path: string, body: unknown): Promise<Answer> => server.call('POST', path, { body })

describe('access', () => {
  test('[P1] nobody gets in without a credential', async () => {
    isStatus(await server.call('GET', '/api/v1/pods', { as: 'nobody' }), 401, 'Unauthorized')
    isStatus(await server.call('GET', '/api/v1/pods', { as: { token: 'rubbish' } }), 401, 'Unauthorized')
    assert.equal((await server.call('GET', '/readyz', { as: 'nobody' })).text, 'ok')
    assert.equal((await server.call('GET', '/version', { as: 'nobody' })).json.minor, '36')
  })

  test('[P2] a service account token dies with its account', async () => {
    await create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'p2' } })
    const { json } = await create('/api/v1/namespaces/default/serviceaccounts/p2/token', { spec: {} })
    const as = { token: json.status.token as string }
    const me = await server.call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { as, body: {} })
    assert.equal(me.json.status.userInfo.username, 'system:serviceaccount:default:p2')
    const refused = await server.call('GET', '/api/v1/namespaces/default/pods', { as })
    isStatus(refused, 403, 'Forbidden')
    assert.equal(
      refused.json.message,
      'pods is forbidden: User "system:serviceaccount:default:p2" cannot list resource "pods" in API group "" in the namespace "default"',
    )
    await server.call('DELETE', '/api/v1/namespaces/default/serviceaccounts/p2')
    await assert.rejects(server.api.tokens.verify(as.token), /Unauthorized/)
  })

  test('[P6] an administrator acts as somebody else, with the rights of that one', async () => {
    const review = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    const whoIs = async (headers: Record<string, string>) =>
      (await server.call('POST', review, { body: {}, headers })).json.status.userInfo as unknown
    assert.deepEqual(await whoIs({ 'Impersonate-User': 'jane' }), { username: 'jane', groups: ['system:authenticated'] })
    assert.deepEqual(
      await whoIs({
        'Impersonate-User': 'jane',
        'Impersonate-Group': 'devs',
        'Impersonate-Uid': '7',
        'Impersonate-Extra-Acme.com%2Fteam': 'a',
      }),
      { username: 'jane', uid: '7', groups: ['devs', 'system:authenticated'], extra: { 'acme.com/team': ['a'] } },
    )
    const account = 'system:serviceaccount:default:p6'
    const groups = ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated']
    assert.deepEqual(await whoIs({ 'Impersonate-User': account }), { username: account, groups })
    isStatus(await server.call('GET', '/api/v1/secrets', { headers: { 'Impersonate-User': 'jane' } }), 403, 'Forbidden')
    isStatus(await server.call('GET', '/api/v1/secrets', { headers: { 'Impersonate-Group': 'system:masters' } }), 400, 'BadRequest')
  })

  test('[P6] who may not impersonate is refused, whoever it is', async () => {
    await create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'p6' } })
    const { json } = await create('/api/v1/namespaces/default/serviceaccounts/p6/token', { spec: {} })
    const as = { token: json.status.token as string }
    const refused = await server.call('GET', '/api/v1/pods', { as, headers: { 'Impersonate-User': 'admin' } })
    isStatus(refused, 403, 'Forbidden')
    assert.match(
      refused.json.message,
      /^users "admin" is forbidden: User "system:serviceaccount:default:p6" cannot impersonate resource "users"/,
    )
  })

  test('[P4] a Secret made for an account holds a token that ends with it, and says when it was last used', async () => {
    const secretsPath = '/api/v1/namespaces/default/secrets'
    const secretOf = (name: string, account: string) => ({
      metadata: { name, annotations: { 'kubernetes.io/service-account.name': account } },
      type: 'kubernetes.io/service-account-token',
    })
    const { json: account } = await create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'p4' } })
    const { json: made } = await create(secretsPath, secretOf('p4-token', 'p4'))
    assert.equal(made.metadata.annotations['kubernetes.io/service-account.uid'], account.metadata.uid)
    assert.equal(Buffer.from(made.data['ca.crt'], 'base64').toString(), server.caPem)
    assert.equal(Buffer.from(made.data.namespace, 'base64').toString(), 'default')
    const as = { token: Buffer.from(made.data.token, 'base64').toString() }
    const me = await server.call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { as, body: {} })
    assert.equal(me.json.status.userInfo.username, 'system:serviceaccount:default:p4')
    const label = async () =>
      (await server.call('GET', `${secretsPath}/p4-token`)).json.metadata.labels?.['kubernetes.io/legacy-token-last-used']
    while ((await label()) === undefined) await new Promise(setImmediate)
    assert.equal(await label(), new Date().toISOString().slice(0, 10))

    const { json: orphan } = await create(secretsPath, secretOf('p4-orphan', 'nobody'))
    assert.equal(orphan.data, undefined)
    await server.call('PATCH', `${secretsPath}/p4-token`, {
      body: { metadata: { labels: { 'kubernetes.io/legacy-token-invalid-since': '2020-01-01' } } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    await assert.rejects(server.api.tokens.verify(as.token), /Unauthorized/)
    await server.call('DELETE', `${secretsPath}/p4-token`)
    await assert.rejects(server.api.tokens.verify(as.token), /Unauthorized/)
  })

  test('[P5] a token that is bound to a Secret dies with it', async () => {
    await create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'p5' } })
    await create('/api/v1/namespaces/default/secrets', { metadata: { name: 'p5' } })
    const spec = { boundObjectRef: { kind: 'Secret', name: 'p5' } }
    const { json } = await create('/api/v1/namespaces/default/serviceaccounts/p5/token', { spec })
    assert.equal((await server.api.tokens.verify(json.status.token)).name, 'system:serviceaccount:default:p5')
    await server.call('DELETE', '/api/v1/namespaces/default/secrets/p5')
    await assert.rejects(server.api.tokens.verify(json.status.token), /Unauthorized/)
  })

  test('[P3] a node’s certificate reads no Secret, mints no token and lists no nodes or pods unless they are its own', async (t) => {
    const { certificatePem, keyPem } = await server.api.identity.authority.issueClient('system:node:n1', ['system:nodes'], 1)
    const node = createHttpClient({ url: server.url, caPem: server.caPem, certificatePem, keyPem, userAgent: 'agent' })
    t.after(() => node.close())
    const isForbidden = (attempt: Promise<unknown>): Promise<void> => assert.rejects(attempt, (error) => isApiError(error, 'Forbidden'))
    const system = (name: string) => ({ namespace: 'kube-system', name })
    await isForbidden(node.get(secrets, system('quarterdeck-cluster-ca')))
    await isForbidden(node.list(secrets))
    await isForbidden(node.list(secrets, { fieldSelector: 'metadata.name=quarterdeck-cluster-ca', namespace: 'kube-system' }))
    await isForbidden(node.createSubresource(serviceAccounts, { namespace: 'default', name: 'default' }, 'token', {}))
    await isForbidden(node.list(nodes))
    await isForbidden(node.list(pods))
    assert.deepEqual((await node.list(pods, { fieldSelector: 'spec.nodeName=n1' })).items, [])
    await node.create(nodes, { metadata: { name: 'n1' }, spec: {}, status: {} })
    assert.equal((await node.list(nodes, { fieldSelector: 'metadata.name=n1' })).items.length, 1)
    await isForbidden(node.create(nodes, { metadata: { name: 'n2' }, spec: {}, status: {} }))
    await isForbidden(node.delete(nodes, { namespace: '', name: 'n1' }))
  })
})
