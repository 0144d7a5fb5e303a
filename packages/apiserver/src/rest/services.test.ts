import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { isStatus } from '../testing/requests.ts'
import { startRestServer, type Answer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const create = (path: string, body: unknown): Promise<Answer> => server.call('POST', path, { body })

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
    const taken = await create(path, service('v1-same', same))
    isStatus(taken, 422, 'Invalid')
    assert.match(taken.json.message, /failed to allocate IP 10\.96\.\d+\.\d+: provided IP is already allocated$/)
    await server.call('DELETE', `${path}/v1`)
    assert.equal((await create(path, service('v1-same', same))).status, 201)
  })

  test('an update without the address keeps it, and another address is refused', async () => {
    const { json } = await create(path, service('v2'))
    const kept = await server.call('PUT', `${path}/v2`, { body: service('v2', { ports: [{ port: 81 }] }) })
    assert.equal(kept.json.spec.clusterIP, json.spec.clusterIP)
    isStatus(await server.call('PUT', `${path}/v2`, { body: service('v2', { clusterIP: '10.96.200.200' }) }), 422, 'Invalid')
    const body = { spec: { clusterIP: '10.96.200.201' } }
    const patched = await server.call('PATCH', `${path}/v2`, { body, headers: { 'content-type': 'application/merge-patch+json' } })
    isStatus(patched, 422, 'Invalid')
    assert.match(patched.json.message, /spec\.clusterIPs\[0\]: Invalid value: \["10\.96\.200\.201"\]: may not change once set$/)
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

  test('[V12] families are completed, and refused where the cluster lacks them', async () => {
    const plain = await create(path, service('families', { ipFamilyPolicy: 'PreferDualStack' }))
    assert.deepEqual(plain.json.spec.ipFamilies, ['IPv4'])
    assert.equal(plain.json.spec.clusterIPs.length, 1)
    const refused = await create(path, service('dual', { ipFamilyPolicy: 'RequireDualStack' }))
    isStatus(refused, 422, 'Invalid')
    assert.equal(
      refused.json.message,
      'Service "dual" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    )
    const { json } = await create(path, service('foreign', { clusterIP: 'None', selector: undefined }))
    assert.deepEqual([json.spec.ipFamilyPolicy, json.spec.ipFamilies], ['RequireDualStack', ['IPv4', 'IPv6']])
    const renewed = await server.call('PUT', `${path}/families`, { body: service('families') })
    assert.equal(renewed.json.spec.ipFamilyPolicy, 'PreferDualStack')
  })

  test('a node port that another service has is refused', async () => {
    const { json } = await create(path, service('np1', { type: 'NodePort' }))
    const { nodePort } = json.spec.ports[0]
    const taken = await create(path, service('np2', { type: 'NodePort', ports: [{ port: 80, nodePort }] }))
    isStatus(taken, 422, 'Invalid')
    assert.match(taken.json.message, /spec\.ports\[0\]\.nodePort: Invalid value: \d+: provided port is already allocated$/)
  })
})
