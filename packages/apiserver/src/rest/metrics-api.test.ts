import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { isStatus, pod, podsPath } from '../testing/requests.ts'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
  const create = async (path: string, body: unknown) => {
    const answer = await server.call('POST', path, { body })
    assert.equal(answer.status, 201, answer.text)
    return answer.json
  }
  await create('/api/v1/nodes', { metadata: { name: 'n1', labels: { disk: 'ssd' } } })
  const made = await create(podsPath, { ...pod('a'), metadata: { name: 'a', labels: { app: 'web' } } })
  const containers = [{ name: 'c', usage: { cpu: '250m', memory: '64Mi' } }]
  await create('/apis/metrics.quarterdeck.dev/v1/nodeusages', {
    metadata: { name: 'n1' },
    timestamp: '2026-01-01T00:00:00Z',
    windowSeconds: 15,
    usage: { cpu: '500m', memory: '1Gi' },
    pods: [
      { namespace: 'default', name: 'a', uid: made.metadata.uid, containers },
      { namespace: 'default', name: 'gone', uid: 'x', containers },
    ],
  })
})
after(() => server.close())

describe('the metrics API', () => {
  const root = '/apis/metrics.k8s.io/v1beta1'

  test('[M2] tells what nodes used', async () => {
    const { json } = await server.call('GET', `${root}/nodes`)
    assert.equal(json.kind, 'NodeMetricsList')
    assert.deepEqual(json.items[0].usage, { cpu: '500m', memory: '1Gi' })
    assert.equal(json.items[0].window, '15s')
    assert.equal((await server.call('GET', `${root}/nodes/n1`)).json.metadata.labels.disk, 'ssd')
    isStatus(await server.call('GET', `${root}/nodes/n2`), 404, 'NotFound')
  })

  test('[M3] tells what pods used that are there, by namespace, name and label', async () => {
    const names = async (path: string) =>
      (await server.call('GET', path)).json.items.map((item: { metadata: { name: string } }) => item.metadata.name)
    assert.deepEqual(await names(`${root}/pods`), ['a'])
    assert.deepEqual(await names(`${root}/namespaces/default/pods?labelSelector=app%3Dweb`), ['a'])
    assert.deepEqual(await names(`${root}/namespaces/default/pods?labelSelector=app%3Dother`), [])
    assert.deepEqual(await names(`${root}/namespaces/kube-system/pods`), [])
    assert.equal((await server.call('GET', `${root}/namespaces/default/pods/a`)).json.containers[0].usage.cpu, '250m')
  })

  test('[M4] is read only, and discovered', async () => {
    isStatus(await server.call('POST', `${root}/nodes`, { body: { metadata: { name: 'x' } } }), 405, 'MethodNotAllowed')
    isStatus(await server.call('DELETE', `${root}/nodes/n1`), 405, 'MethodNotAllowed')
    isStatus(await server.call('GET', `${root}/nodes?watch=true`), 405, 'MethodNotAllowed')
    const { resources } = (await server.call('GET', root)).json
    assert.deepEqual(
      resources.map((r: { name: string; verbs: string[] }) => [r.name, r.verbs.join()]),
      [
        ['nodes', 'get,list'],
        ['pods', 'get,list'],
      ],
    )
  })
})
