import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { isStatus } from '../testing/requests.ts'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const path = (namespace: string, plural: string): string => `/apis/resource.k8s.io/v1/namespaces/${namespace}/${plural}`
const spec = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu', adminAccess: true } }] } }

test('[DC1] claims ask for admin access only in namespaces that are labelled for it', async () => {
  const claim = { metadata: { name: 'c' }, spec }
  const refused = await server.call('POST', path('default', 'resourceclaims'), { body: claim })
  isStatus(refused, 422, 'Invalid')
  assert.equal(
    refused.json.message,
    'ResourceClaim.resource.k8s.io "c" is invalid: spec.devices.requests[0].adminAccess: Forbidden: ' +
      'admin access to devices requires the `resource.kubernetes.io/admin-access: true` label on the containing namespace',
  )
  const template = { metadata: { name: 't' }, spec: { spec } }
  isStatus(await server.call('POST', path('default', 'resourceclaimtemplates'), { body: template }), 422, 'Invalid')

  const labels = { 'resource.kubernetes.io/admin-access': 'true' }
  await server.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'admins', labels } } })
  assert.equal((await server.call('POST', path('admins', 'resourceclaims'), { body: claim })).status, 201)
  assert.equal((await server.call('POST', path('admins', 'resourceclaimtemplates'), { body: template })).status, 201)
})

test('slices are found by their node and their driver', async () => {
  const slices = '/apis/resource.k8s.io/v1/resourceslices'
  const pool = { name: 'p', generation: 1, resourceSliceCount: 1 }
  for (const [name, nodeName, driver] of [
    ['a', 'n1', 'x.example.com'],
    ['b', 'n2', 'x.example.com'],
    ['c', 'n1', 'y.example.com'],
  ])
    assert.equal((await server.call('POST', slices, { body: { metadata: { name }, spec: { nodeName, driver, pool } } })).status, 201)
  const found = await server.call('GET', `${slices}?fieldSelector=spec.nodeName%3Dn1,spec.driver%3Dx.example.com`)
  assert.deepEqual(
    found.json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
    ['a'],
  )
})
