import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { deployment, isStatus } from '../testing/requests.ts'
import { startRestServer, type Answer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const create = (path: string, body: unknown): Promise<Answer> => server.call('POST', path, { body })

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
