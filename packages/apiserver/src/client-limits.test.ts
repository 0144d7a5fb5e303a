import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { decodeProtobuf } from './rest/protobuf/envelope.ts'
import { bytesOf, envelopeOf, textOf } from './rest/protobuf/wire.fixture.ts'
import { startRestServer, type Answer, type RestServer } from './testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const configMaps = '/api/v1/namespaces/default/configmaps'
const services = '/api/v1/namespaces/default/services'

const longestMessage = 64 * 1024

/** The Status of a request that is refused: of a code, in words of bearable length. */
async function refused(code: number, method: string, path: string, options: Parameters<RestServer['call']>[2]): Promise<Answer> {
  const answer = await server.call(method, path, options)
  assert.equal(answer.status, code, answer.text.slice(0, 500))
  assert.ok(answer.text.length < 2 * longestMessage, `${answer.text.length} characters`)
  return answer
}

describe('metadata', () => {
  for (const [what, finalizers, field] of [
    ['without a domain', ['abc'], 'metadata.finalizers[0]'],
    ['with a malformed name', ['a/b/c'], 'metadata.finalizers'],
    ['that contradict', ['orphan', 'foregroundDeletion'], 'metadata.finalizers'],
  ] as const)
    test(`[API-37] finalizers ${what} are Invalid`, async () => {
      const answer = await refused(422, 'POST', configMaps, { body: { metadata: { name: 'f', finalizers } } })
      assert.equal(answer.json.details.causes[0].field, field)
    })

  test("[API-37] Kubernetes' own finalizers and those with a domain are taken, in an update others are not", async () => {
    const created = await server.call('POST', configMaps, {
      body: { metadata: { name: 'finalized', finalizers: ['kubernetes', 'orphan', 'example.com/x'] } },
    })
    assert.equal(created.status, 201, created.text)
    const answer = await refused(422, 'PATCH', `${configMaps}/finalized`, {
      body: { metadata: { finalizers: ['abc'] } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    assert.match(answer.json.message, /name is neither a standard finalizer name nor is it fully qualified/)
  })

  test('[API-37] a new object has no resourceVersion', async () => {
    const answer = await refused(400, 'POST', configMaps, { body: { metadata: { name: 'v', resourceVersion: '7' } } })
    assert.equal(answer.json.message, 'resourceVersion should not be set on objects to be created')
    const zero = await server.call('POST', configMaps, { body: { metadata: { name: 'v', resourceVersion: '0' } } })
    assert.equal(zero.status, 201, zero.text)
  })

  for (const version of ['18446744073709551616', '9'.repeat(100_000), '-1', 'x'])
    test(`[API-37] the version ${version.slice(0, 20)} is a bad request`, async () => {
      await refused(400, 'PUT', `${configMaps}/finalized`, { body: { metadata: { name: 'finalized', resourceVersion: version } } })
      if (version.length < 1000) await refused(400, 'GET', `${configMaps}?resourceVersion=${version}`, {})
    })
})

describe('bodies', () => {
  test('[API-35] of a hundred thousand unknown fields a hundred are told', async () => {
    const fields = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`f${i}`, i]))
    const strict = await refused(400, 'POST', `${configMaps}?fieldValidation=Strict`, { body: { metadata: { name: 'u' }, ...fields } })
    assert.equal(strict.json.message.match(/unknown field/g).length, 100)
    const long = { [`x${'y'.repeat(1_000_000)}`]: 1 }
    await refused(400, 'POST', `${configMaps}?fieldValidation=Strict`, { body: { metadata: { name: 'u' }, ...long } })
  })

  test('[API-35] of a hundred thousand invalid fields a hundred are told, and no value at length', async () => {
    const labels = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`l${i}`, '-']))
    const answer = await refused(422, 'POST', configMaps, { body: { metadata: { name: 'i', labels } } })
    assert.equal(answer.json.details.causes.length, 100)
    assert.match(answer.json.message, /and 99900 more/)
    await refused(422, 'POST', configMaps, { body: { metadata: { name: 'x'.repeat(1_000_000) } } })
    await refused(422, 'POST', configMaps, { body: { metadata: { name: 'i', labels: { a: '-'.repeat(1_000_000) } } } })
    await refused(400, 'POST', configMaps, { body: { kind: 'x'.repeat(1_000_000), metadata: { name: 'i' } } })
    await refused(400, 'POST', configMaps, { body: { apiVersion: 'x'.repeat(1_000_000), metadata: { name: 'i' } } })
  })

  test('[API-33] YAML that is nested too deeply, or that multiplies, is a bad request', async () => {
    const headers = { 'content-type': 'application/yaml' }
    for (const body of [
      '['.repeat(100_000),
      `a: ${'['.repeat(900)}${']'.repeat(900)}\nb: ${'{a: '.repeat(1100)}1${'}'.repeat(1100)}`,
      Array.from({ length: 200_000 }, (_, i) => `k${i}: 1\n`).join(''),
    ])
      await refused(400, 'POST', configMaps, { body, headers })
    const twice = await server.call('POST', `${configMaps}?fieldValidation=Strict`, {
      body: 'metadata: {name: twice}\ndata: {a: "1", a: "2"}',
      headers,
    })
    assert.match(twice.text, /duplicate field \\"data.a\\"/)
  })

  test('[API-33] a body that unpacks to more than 3 MiB is refused', async () => {
    const body = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '))
    await refused(413, 'POST', configMaps, { body, headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } })
  })

  test('[API-33] protobuf is refused where it nests too deeply or names a kind of a megabyte', () => {
    const raw = Buffer.from('['.repeat(100_000) + ']'.repeat(100_000))
    const managed = bytesOf(17, bytesOf(7, bytesOf(1, raw)))
    assert.throws(() => decodeProtobuf(envelopeOf('v1', 'ConfigMap', bytesOf(1, managed))), /nested more than 1000 levels deep/)
    const groups = Buffer.alloc(1_000_000, 0x9b)
    assert.throws(() => decodeProtobuf(envelopeOf('v1', 'ConfigMap', groups)), /could not be decoded/)
    assert.throws(
      () => decodeProtobuf(envelopeOf('v1', 'x'.repeat(1_000_000), textOf(1, ''))),
      (error: Error) => error.message.length < 300,
    )
  })
})

describe('[API-30] what Go clients send', () => {
  test('a Service without a target port gets that of its port', async () => {
    for (const [name, targetPort] of [
      ['zero', 0],
      ['empty', ''],
    ] as const) {
      const body = {
        metadata: { name, creationTimestamp: null },
        spec: { ports: [{ port: 80, targetPort }], selector: { app: 'web' } },
        status: { loadBalancer: {} },
      }
      const answer = await server.call('POST', services, { body })
      assert.equal(answer.status, 201, answer.text)
      assert.equal(answer.json.spec.ports[0].targetPort, 80)
    }
  })

  test('a CronJob without a name is Invalid', async () => {
    await refused(422, 'POST', '/apis/batch/v1/namespaces/default/cronjobs', { body: { metadata: {}, spec: { schedule: '* * * * *' } } })
  })
})

describe('[API-31] JSON patches', () => {
  const headers = { 'content-type': 'application/json-patch+json' }

  test('that copy a map into itself, or name a path without a slash, are Invalid', async () => {
    await server.call('POST', configMaps, { body: { metadata: { name: 'patched' }, data: { a: 'x'.repeat(1000) } } })
    const doublings = Array.from({ length: 30 }, (_, i) => ({ op: 'copy', from: '/data', path: `/data/c${i}` }))
    await refused(422, 'PATCH', `${configMaps}/patched`, { body: doublings, headers })
    await refused(422, 'PATCH', `${configMaps}/patched`, { body: [{ op: 'add', path: 'data', value: {} }], headers })
    await refused(422, 'PATCH', `${configMaps}/patched`, { body: [{ op: 'copy', from: 'data', path: '/data' }], headers })
  })
})
