import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { configMapsPath, podsPath, configMap, pod, deployment, isStatus } from '../testing/requests.ts'
import { startRestServer, type Answer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const create = (path: string, body: unknown): Promise<Answer> => server.call('POST', path, { body })

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

  test('[A7] a dry run of a change keeps the version of what it would change', async () => {
    const { json } = await create(configMapsPath, configMap('a7-version'))
    const headers = { 'content-type': 'application/merge-patch+json' }
    const tried = await server.call('PATCH', `${configMapsPath}/a7-version?dryRun=All`, { body: { data: { b: '1' } }, headers })
    assert.deepEqual(tried.json.data, { ...json.data, b: '1' })
    assert.equal(tried.json.metadata.resourceVersion, json.metadata.resourceVersion)
    isStatus(await server.call('PATCH', `${configMapsPath}/a7-version?dryRun=Some`, { body: {}, headers }), 422, 'Invalid')
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

  test('[Y1] [Y2] YAML is read and written as kubectl understands it', async () => {
    const yaml = { 'content-type': 'application/yaml', accept: 'application/yaml' }
    const body =
      'metadata: {name: octal}\nspec:\n  containers: [{name: c, image: x, env: [{name: A, value: "yes"}]}]\n  hostNetwork: yes\n  volumes: [{name: v, secret: {secretName: s, defaultMode: 0400}}]\n'
    const { text } = await server.call('POST', `${podsPath}?dryRun=All`, { body, headers: yaml })
    assert.match(text, /defaultMode: 256\n/)
    assert.match(text, /hostNetwork: true\n/)
    assert.match(text, /value: "yes"\n/)
    const twice = await server.call('POST', `${configMapsPath}?fieldValidation=Strict`, {
      body: 'metadata: {name: twice}\ndata:\n  a: b\n  a: c\n',
      headers: yaml,
    })
    isStatus(twice, 400, 'BadRequest')
    assert.match(twice.json.message, /duplicate field "data\.a"/)
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
