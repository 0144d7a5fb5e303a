import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { namespaces } from '@quarterdeck/api'

import { configMapsPath, podsPath, configMap, pod, isStatus } from '../testing/requests.ts'
import { startRestServer, type Answer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const create = (path: string, body: unknown): Promise<Answer> => server.call('POST', path, { body })

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

  test('[D4] two words on what becomes of dependents are Invalid', async () => {
    const body = { propagationPolicy: 'Orphan', orphanDependents: true }
    isStatus(await server.call('DELETE', `${configMapsPath}/whichever`, { body }), 422, 'Invalid')
  })

  test('[D4] a Job deleted without a word orphans its pods, with a warning', async () => {
    const path = '/apis/batch/v1/namespaces/default/jobs'
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
    await create(path, { metadata: { name: 'd4' }, spec: { template } })
    const { json, headers } = await server.call('DELETE', `${path}/d4`)
    assert.deepEqual(json.metadata.finalizers, ['orphan'])
    assert.match(String(headers['warning']), /^299 - "child pods are preserved by default when jobs are deleted; /)
  })

  test('[D4] a ReplicationController deleted without a word orphans its pods, a CronJob does not', async () => {
    const template = { metadata: { labels: { a: 'b' } }, spec: { restartPolicy: 'Always', containers: [{ name: 'c', image: 'i' }] } }
    const controllers = '/api/v1/namespaces/default/replicationcontrollers'
    await create(controllers, { metadata: { name: 'd4' }, spec: { selector: { a: 'b' }, template } })
    assert.deepEqual((await server.call('DELETE', `${controllers}/d4`)).json.metadata.finalizers, ['orphan'])
    const cronJobs = '/apis/batch/v1/namespaces/default/cronjobs'
    const jobTemplate = { spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } } }
    await create(cronJobs, { metadata: { name: 'd4' }, spec: { schedule: '@daily', jobTemplate } })
    assert.equal((await server.call('DELETE', `${cronJobs}/d4`)).json.status, 'Success')
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
