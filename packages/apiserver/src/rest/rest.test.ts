import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { namespaces } from '@quarterdeck/api'

import { startRestServer, type Answer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const configMapsPath = '/api/v1/namespaces/default/configmaps'
const podsPath = '/api/v1/namespaces/default/pods'
const configMap = (name: string, data: Record<string, string> = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
const pod = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: 'c', image: 'busybox:1' }], ...spec },
})
const deployment = (name: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'busybox:1' }] } },
    ...spec,
  },
})

const create = (path: string, body: unknown): Promise<Answer> => server.call('POST', path, { body })
const isStatus = (answer: Answer, code: number, reason: string): void => {
  assert.equal(answer.status, code, answer.text)
  assert.equal(answer.json.kind, 'Status')
  assert.equal(answer.json.status, 'Failure')
  assert.equal(answer.json.reason, reason)
  assert.equal(answer.json.code, code)
}

describe('writing', () => {
  test('[A1] the server chooses uid, time, version and status', async () => {
    const sent = { ...pod('a1'), status: { phase: 'Running' } }
    const { status, json } = await create(podsPath, { ...sent, metadata: { ...sent.metadata, uid: 'mine', generation: 9 } })
    assert.equal(status, 201)
    assert.match(json.metadata.uid, /^[0-9a-f-]{36}$/)
    assert.match(json.metadata.creationTimestamp, /Z$/)
    assert.equal(json.metadata.generation, 1)
    assert.equal(json.status.phase, 'Pending')
    assert.equal(json.status.qosClass, 'BestEffort')
  })

  test('[A2] generateName is completed', async () => {
    const { json } = await create(configMapsPath, { metadata: { generateName: 'gen-' } })
    assert.match(json.metadata.name, /^gen-[a-z0-9]{5}$/)
  })

  test('[A3] a stale update is a Conflict and an unconditional one is not', async () => {
    const { json } = await create(configMapsPath, configMap('a3'))
    const path = `${configMapsPath}/a3`
    assert.equal((await server.call('PUT', path, { body: { ...json, data: { a: '1' } } })).status, 200)
    const stale = await server.call('PUT', path, { body: { ...json, data: { a: '2' } } })
    isStatus(stale, 409, 'Conflict')
    assert.match(stale.json.message, /the object has been modified; please apply your changes to the latest version and try again/)
    assert.equal((await server.call('PUT', path, { body: configMap('a3', { a: '3' }) })).json.data.a, '3')
  })

  test('[A4] an update that changes nothing leaves the version', async () => {
    const { json } = await create(configMapsPath, configMap('a4', { a: '1' }))
    const again = await server.call('PATCH', `${configMapsPath}/a4`, {
      body: { data: { a: '1' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    assert.equal(again.json.metadata.resourceVersion, json.metadata.resourceVersion)
  })

  test('[A5] the generation counts changes of the spec', async () => {
    await create('/apis/apps/v1/namespaces/default/deployments', deployment('a5'))
    const path = '/apis/apps/v1/namespaces/default/deployments/a5'
    const patch = (body: object, sub = '') =>
      server.call('PATCH', path + sub, { body, headers: { 'content-type': 'application/merge-patch+json' } })
    assert.equal((await patch({ metadata: { labels: { a: 'b' } } })).json.metadata.generation, 1)
    assert.equal((await patch({ spec: { replicas: 2 } })).json.metadata.generation, 2)
    assert.equal((await patch({ status: { replicas: 2 } }, '/status')).json.metadata.generation, 2)
  })

  test('[A6] status and spec are changed apart', async () => {
    await create('/apis/apps/v1/namespaces/default/deployments', deployment('a6'))
    const path = '/apis/apps/v1/namespaces/default/deployments/a6'
    const patch = (body: object, sub = '') =>
      server.call('PATCH', path + sub, { body, headers: { 'content-type': 'application/merge-patch+json' } })
    assert.deepEqual((await patch({ status: { replicas: 5 } })).json.status, {})
    const { json } = await patch({ spec: { replicas: 7 }, status: { replicas: 3 } }, '/status')
    assert.equal(json.spec.replicas, 1)
    assert.equal(json.status.replicas, 3)
  })

  test('[A7] a dry run stores nothing', async () => {
    assert.equal((await create(`${configMapsPath}?dryRun=All`, configMap('a7'))).status, 201)
    isStatus(await server.call('GET', `${configMapsPath}/a7`), 404, 'NotFound')
  })

  test('[A8] unknown and duplicate fields are refused, warned of or dropped', async () => {
    const body = '{"metadata":{"name":"a8"},"data":{"k":"1","k":"2"},"dta":{}}'
    const strict = await create(`${configMapsPath}?fieldValidation=Strict`, body)
    isStatus(strict, 400, 'BadRequest')
    assert.match(strict.json.message, /strict decoding error: unknown field "dta", duplicate field "data.k"/)
    const warned = await create(`${configMapsPath}?fieldValidation=Warn`, body)
    assert.deepEqual(warned.headers['warning'], ['299 - "unknown field \\"dta\\""', '299 - "duplicate field \\"data.k\\""'])
    assert.deepEqual(warned.json.data, { k: '2' })
    const ignored = await create(`${configMapsPath}?fieldValidation=Ignore`, body.replace('a8', 'a8b'))
    assert.equal(ignored.headers['warning'], undefined)
  })

  test('[A9] every wrong field is a cause', async () => {
    const bad = pod('a9', { restartPolicy: 'Sometimes', containers: [{ name: 'Bad', image: '' }] })
    const answer = await create(podsPath, bad)
    isStatus(answer, 422, 'Invalid')
    const fields = answer.json.details.causes.map((c: { field: string; reason: string }) => `${c.field} ${c.reason}`)
    assert.deepEqual(fields.toSorted(), [
      'spec.containers[0].image FieldValueRequired',
      'spec.containers[0].name FieldValueInvalid',
      'spec.restartPolicy FieldValueNotSupported',
    ])
    assert.match(answer.json.message, /^Pod "a9" is invalid: \[/)
  })

  test('[A11] what was wrong before an update is not held against it', async () => {
    const { json } = await create(configMapsPath, configMap('a11'))
    const key = { resource: 'configmaps', namespace: 'default', name: 'a11' }
    const object = { ...json, data: { 'not/a/key': '1' } }
    const author = { actor: 'older', client: 'version' }
    await server.api.core.store.commit({
      type: 'update',
      key,
      author,
      keepsHistory: true,
      expectedRevision: Number(json.metadata.resourceVersion),
      object,
    })
    const patch = (data: object) =>
      server.call('PATCH', `${configMapsPath}/a11`, { body: { data }, headers: { 'content-type': 'application/merge-patch+json' } })
    assert.deepEqual((await patch({ fine: '2' })).json.data, { 'not/a/key': '1', fine: '2' })
    isStatus(await patch({ 'also/wrong': '3' }), 422, 'Invalid')
  })

  test('a name that is taken is AlreadyExists, in the words of Kubernetes', async () => {
    await create(configMapsPath, configMap('twice'))
    const answer = await create(configMapsPath, configMap('twice'))
    isStatus(answer, 409, 'AlreadyExists')
    assert.equal(answer.json.message, 'configmaps "twice" already exists')
  })

  test('YAML is read and written', async () => {
    const answer = await server.call('POST', configMapsPath, {
      body: 'metadata:\n  name: from-yaml\ndata:\n  a: "1"\n',
      headers: { 'content-type': 'application/yaml', accept: 'application/yaml' },
    })
    assert.equal(answer.status, 201, answer.text)
    assert.match(answer.text, /^kind: ConfigMap$|^apiVersion: v1$/m)
  })

  test('Secrets keep stringData as data', async () => {
    const { json } = await create('/api/v1/namespaces/default/secrets', { metadata: { name: 's' }, stringData: { password: 'x' } })
    assert.deepEqual(json.data, { password: 'eA==' })
    assert.equal(json.stringData, undefined)
    assert.equal(json.type, 'Opaque')
  })
})

describe('deleting', () => {
  const patchMeta = (path: string, metadata: object) =>
    server.call('PATCH', path, { body: { metadata }, headers: { 'content-type': 'application/merge-patch+json' } })

  test('[D1] finalizers hold an object', async () => {
    await create(configMapsPath, { metadata: { name: 'd1', finalizers: ['example.com/hold'] } })
    const path = `${configMapsPath}/d1`
    const deleted = await server.call('DELETE', path)
    assert.ok(deleted.json.metadata.deletionTimestamp)
    isStatus(await patchMeta(path, { finalizers: ['example.com/hold', 'example.com/more'] }), 422, 'Invalid')
    await patchMeta(path, { finalizers: null })
    isStatus(await server.call('GET', path), 404, 'NotFound')
  })

  test('[D2] a pod on a node has a grace period that can only be shortened', async () => {
    await create(podsPath, pod('d2'))
    assert.equal((await create(`${podsPath}/d2/binding`, { target: { kind: 'Node', name: 'n1' } })).status, 201)
    const path = `${podsPath}/d2`
    assert.equal((await server.call('DELETE', path)).json.metadata.deletionGracePeriodSeconds, 30)
    assert.equal((await server.call('DELETE', `${path}?gracePeriodSeconds=5`)).json.metadata.deletionGracePeriodSeconds, 5)
    assert.equal((await server.call('DELETE', `${path}?gracePeriodSeconds=60`)).json.metadata.deletionGracePeriodSeconds, 5)
    assert.equal((await server.call('DELETE', `${path}?gracePeriodSeconds=0`)).json.status, 'Success')
    isStatus(await server.call('GET', path), 404, 'NotFound')
  })

  test('[D3] preconditions that do not hold are a Conflict', async () => {
    await create(configMapsPath, configMap('d3'))
    isStatus(await server.call('DELETE', `${configMapsPath}/d3`, { body: { preconditions: { uid: 'other' } } }), 409, 'Conflict')
  })

  test('[D4] propagation policies are finalizers', async () => {
    for (const [policy, finalizer] of [
      ['Foreground', 'foregroundDeletion'],
      ['Orphan', 'orphan'],
    ]) {
      await create(configMapsPath, configMap(`d4-${finalizer?.toLowerCase()}`))
      const { json } = await server.call('DELETE', `${configMapsPath}/d4-${finalizer?.toLowerCase()}`, {
        body: { propagationPolicy: policy },
      })
      assert.deepEqual(json.metadata.finalizers, [finalizer])
    }
    await create(configMapsPath, configMap('d4'))
    isStatus(await server.call('DELETE', `${configMapsPath}/d4`, { body: { propagationPolicy: 'Sideways' } }), 422, 'Invalid')
  })

  test('[D5] a namespace that is going takes nothing new', async () => {
    await create('/api/v1/namespaces', { metadata: { name: 'd5' } })
    await server.call('DELETE', '/api/v1/namespaces/d5')
    const refused = await create('/api/v1/namespaces/d5/configmaps', configMap('x'))
    isStatus(refused, 403, 'Forbidden')
    assert.equal(refused.json.details.causes[0].reason, 'NamespaceTerminating')
    const namespace = await server.client.get(namespaces, { namespace: '', name: 'd5' })
    assert.equal(namespace.status.phase, 'Terminating')
    assert.equal((await server.call('PUT', '/api/v1/namespaces/d5/finalize', { body: { metadata: { name: 'd5' }, spec: {} } })).status, 200)
    isStatus(await server.call('GET', '/api/v1/namespaces/d5'), 404, 'NotFound')
    isStatus(await create('/api/v1/namespaces/nowhere/configmaps', configMap('x')), 404, 'NotFound')
  })

  test('a collection is deleted by selector', async () => {
    for (const name of ['dc1', 'dc2', 'dc3'])
      await create(configMapsPath, { metadata: { name, labels: { set: name === 'dc3' ? 'b' : 'a' } } })
    assert.equal((await server.call('DELETE', `${configMapsPath}?labelSelector=set%3Da`)).json.items.length, 2)
    assert.equal((await server.call('GET', `${configMapsPath}?labelSelector=set`)).json.items.length, 1)
  })
})

describe('reading', () => {
  before(async () => {
    await create('/api/v1/namespaces', { metadata: { name: 'reading' } })
    await Promise.all(
      Array.from({ length: 25 }, (_, i) =>
        create('/api/v1/namespaces/reading/configmaps', {
          metadata: { name: `cm-${String(i).padStart(2, '0')}`, labels: { half: i % 2 ? 'odd' : 'even' } },
        }),
      ),
    )
  })
  const path = '/api/v1/namespaces/reading/configmaps'

  test('[R1] a list is in order and has a revision', async () => {
    const { json } = await server.call('GET', path)
    const names = json.items.map((i: { metadata: { name: string } }) => i.metadata.name)
    assert.deepEqual(names, names.toSorted())
    assert.equal(json.kind, 'ConfigMapList')
    assert.match(json.metadata.resourceVersion, /^\d+$/)
  })

  test('[R2] pages are of one snapshot', async () => {
    const first = await server.call('GET', `${path}?limit=10`)
    assert.equal(first.json.metadata.remainingItemCount, 15)
    await create(path, configMap('zz-late'))
    const second = await server.call('GET', `${path}?limit=10&continue=${first.json.metadata.continue}`)
    const third = await server.call('GET', `${path}?limit=10&continue=${second.json.metadata.continue}`)
    assert.equal(third.json.metadata.continue, undefined)
    assert.equal(first.json.items.length + second.json.items.length + third.json.items.length, 25)
    assert.equal(third.json.metadata.resourceVersion, first.json.metadata.resourceVersion)
    isStatus(await server.call('GET', `${path}?continue=rubbish`), 400, 'BadRequest')
    await server.call('DELETE', `${path}/zz-late`)
  })

  test('[R3] selectors filter', async () => {
    assert.equal((await server.call('GET', `${path}?labelSelector=half%3Dodd`)).json.items.length, 12)
    assert.equal((await server.call('GET', `${path}?fieldSelector=metadata.name%3Dcm-03`)).json.items.length, 1)
    isStatus(await server.call('GET', `${path}?fieldSelector=data.x%3D1`), 400, 'BadRequest')
    isStatus(await server.call('GET', `${path}?labelSelector=a%20b`), 400, 'BadRequest')
  })

  test('[R4] tables and metadata are given to those who accept them', async () => {
    const table = await server.call('GET', path, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' } })
    assert.equal(table.json.kind, 'Table')
    assert.deepEqual(table.json.rows[0].cells.slice(0, 2), ['cm-00', 0])
    const partial = await server.call('GET', path, {
      headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
    })
    assert.equal(partial.json.items[0].kind, 'PartialObjectMetadata')
    isStatus(await server.call('GET', path, { headers: { accept: 'text/html' } }), 406, 'NotAcceptable')
  })

  test('large answers are compressed for those who accept it', async () => {
    await create(path, configMap('big', { text: 'x'.repeat(300_000) }))
    const { headers } = await server.call('GET', `${path}/big`, { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(headers['content-encoding'], 'gzip')
    await server.call('DELETE', `${path}/big`)
  })
})

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

  test('[P3] a node may change only itself', async () => {
    const may = (verb: string, resource: string, name: string, subresource = '') =>
      server.api.core.authorizer({
        user: { name: 'system:node:n1', groups: ['system:nodes'] },
        verb,
        group: '',
        resource,
        subresource,
        namespace: '',
        name,
        path: '',
      }) === undefined
    assert.ok(may('patch', 'nodes', 'n1', 'status'))
    assert.ok(!may('patch', 'nodes', 'n2', 'status'))
    assert.ok(may('list', 'pods', ''))
    assert.ok(!may('update', 'secrets', 'x'))
    assert.ok(!may('delete', 'namespaces', 'x'))
  })
})

describe('services', () => {
  const path = '/api/v1/namespaces/default/services'
  const service = (name: string, spec: object = {}) => ({
    metadata: { name },
    spec: { selector: { a: 'b' }, ports: [{ port: 80 }], ...spec },
  })

  test('[V1] addresses and ports are given once and come free', async () => {
    const first = await create(path, service('v1', { type: 'NodePort' }))
    assert.match(first.json.spec.clusterIP, /^10\.96\./)
    const { nodePort } = first.json.spec.ports[0]
    assert.ok(nodePort >= 30_000 && nodePort <= 32_767)
    const same = { clusterIP: first.json.spec.clusterIP }
    assert.equal((await create(path, service('v1-same', same))).status, 409)
    await server.call('DELETE', `${path}/v1`)
    assert.equal((await create(path, service('v1-same', same))).status, 201)
  })

  test('an update without the address keeps it, and another address is refused', async () => {
    const { json } = await create(path, service('v2'))
    const kept = await server.call('PUT', `${path}/v2`, { body: service('v2', { ports: [{ port: 81 }] }) })
    assert.equal(kept.json.spec.clusterIP, json.spec.clusterIP)
    isStatus(await server.call('PUT', `${path}/v2`, { body: service('v2', { clusterIP: '10.96.200.200' }) }), 422, 'Invalid')
  })

  test('a node port is refused where the type has none, and dropped when the type changes', async () => {
    isStatus(await create(path, service('v3', { ports: [{ port: 80, nodePort: 30_123 }] })), 422, 'Invalid')
    const { json } = await create(path, service('v3', { type: 'NodePort' }))
    const changed = await server.call('PUT', `${path}/v3`, { body: { ...json, spec: { ...json.spec, type: 'ClusterIP' } } })
    assert.equal(changed.json.spec.ports[0].nodePort, undefined)
  })

  test('a headless service has no address, an address outside the range is refused', async () => {
    assert.deepEqual((await create(path, service('headless', { clusterIP: 'None' }))).json.spec.clusterIPs, ['None'])
    isStatus(await create(path, service('outside', { clusterIP: '192.168.1.1' })), 422, 'Invalid')
  })
})

describe('scale', () => {
  test('replicas are read and set through Scale', async () => {
    await create('/apis/apps/v1/namespaces/default/deployments', deployment('scaled'))
    const path = '/apis/apps/v1/namespaces/default/deployments/scaled/scale'
    const { json } = await server.call('GET', path)
    assert.equal(json.kind, 'Scale')
    assert.equal(json.status.selector, 'app=scaled')
    assert.equal((await server.call('PUT', path, { body: { ...json, spec: { replicas: 4 } } })).json.spec.replicas, 4)
    assert.equal(
      (await server.call('PATCH', path, { body: { spec: { replicas: 5 } }, headers: { 'content-type': 'application/merge-patch+json' } }))
        .json.spec.replicas,
      5,
    )
    isStatus(
      await server.call('PUT', path, { body: { ...json, metadata: { name: 'scaled', namespace: 'default' }, spec: { replicas: -1 } } }),
      422,
      'Invalid',
    )
  })
})
