import assert from 'node:assert/strict'
import { connect } from 'node:tls'
import { after, before, describe, test } from 'node:test'

import { configMap, configMapsPath, isStatus, pod, podsPath } from '../testing/requests.ts'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
  await server.call('POST', podsPath, { body: pod('p') })
})
after(() => server.close())

describe('[PA1] a path that is not served is answered with a Status, whatever the method', () => {
  for (const path of [
    '/',
    '/nosuch',
    '/swagger.json',
    '/logs',

    '/apis/x/y/z/w',
    '/sign-in',
    '/versionx',
    '/openapi',
  ])
    for (const method of ['GET', 'POST', 'DELETE'])
      test(`${method} ${path}`, async () => isStatus(await server.call(method, path), 404, 'NotFound'))
})

describe('[PA2] a method that a path does not answer is not allowed', () => {
  const cases: [method: string, path: string][] = [
    ['POST', '/version'],
    ['PUT', '/version/'],
    ['DELETE', '/metrics'],
    ['POST', '/api'],
    ['POST', '/api/v1'],
    ['POST', '/apis'],
    ['PUT', '/apis/apps'],
    ['POST', '/apis/apps/v1'],
    ['POST', '/openapi/v2'],
    ['GET', `${podsPath}/p/binding`],
    ['GET', `${podsPath}/p/eviction`],
    ['PUT', `${podsPath}/p/eviction`],
    ['POST', `${podsPath}/p/log`],
    ['DELETE', `${podsPath}/p/status`],
    ['POST', `${podsPath}/p`],
    ['PUT', podsPath],
    ['PATCH', podsPath],
    ['GET', '/api/v1/namespaces/default/serviceaccounts/default/token'],
    ['GET', '/api/v1/namespaces/default/finalize'],
    ['GET', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
    ['DELETE', '/apis/metrics.k8s.io/v1beta1/nodes/n'],
    ['OPTIONS', '/version'],
  ]
  for (const [method, path] of cases)
    test(`${method} ${path}`, async () =>
      isStatus(await server.call(method, path, method === 'POST' ? { body: {} } : {}), 405, 'MethodNotAllowed'))
})

describe('[PA3] who may not ask is told so before whether there is such a thing', () => {
  for (const path of ['/apis/nosuch.example.com/v1/things', '/api/v1/nosuch', '/apis/apps/v1/namespaces/x/nosuch', `${podsPath}/p/nosuch`])
    test(path, async () => {
      const { json } = await server.call('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { body: { spec: {} } })
      const as = { token: json.status.token as string }
      isStatus(await server.call('GET', path, { as }), 403, 'Forbidden')
      isStatus(await server.call('GET', path), 404, 'NotFound')
    })
})

test('a slash at the end of a path says nothing', async () => {
  for (const path of ['/version/', '/api/', '/apis/', '/apis/apps/', '/api/v1/', '/livez/', `${podsPath}/`])
    assert.equal((await server.call('GET', path)).status, 200, path)
})

test('a request line may hold a whole URL (RFC 9112, 3.2.2)', async () => {
  const { certificatePem: cert, keyPem: key } = server.admin
  const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', ca: server.caPem, cert, key })
  socket.end(`GET ${server.url}/version?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  assert.match(answer, /^HTTP\/1\.1 200 [^]*"minor":"36"/)
})

test('[PA4] nobody’s body is read before they may send it', async () => {
  const { json } = await server.call('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { body: { spec: {} } })
  const as = { token: json.status.token as string }
  for (const body of ['{', 'x'.repeat(4 * 1024 * 1024)]) isStatus(await server.call('POST', configMapsPath, { as, body }), 403, 'Forbidden')
  isStatus(
    await server.call('PATCH', `${configMapsPath}/x`, { as, body: '{', headers: { 'content-type': 'text/plain' } }),
    403,
    'Forbidden',
  )
})

test('a Table of a Scale has its own columns, and what has no columns is not given as one', async () => {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  const spec = { selector: { app: 'x' }, replicas: 3, template: { metadata: { labels: { app: 'x' } }, spec: pod('x').spec } }
  const at = '/api/v1/namespaces/default/replicationcontrollers'
  await server.call('POST', at, { body: { metadata: { name: 'rc' }, spec } })
  const table = (await server.call('GET', `${at}/rc/scale`, { headers: { accept } })).json
  assert.deepEqual(
    table.columnDefinitions.map(({ name }: { name: string }) => name),
    ['Name', 'Desired', 'Available', 'Age'],
  )
  assert.deepEqual(table.rows[0].cells.slice(0, 3), ['rc', 3, 0])
  isStatus(await server.call('GET', configMapsPath, { headers: { accept: 'application/vnd.kubernetes.protobuf' } }), 406, 'NotAcceptable')
})

test('a write of a subresource keeps what others have beside it', async () => {
  await server.call('POST', configMapsPath, { body: configMap('c') })
  isStatus(await server.call('PUT', `${configMapsPath}/c/status`, { body: configMap('c') }), 404, 'NotFound')
})
