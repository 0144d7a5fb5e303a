import assert from 'node:assert/strict'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { after, before, describe, test } from 'node:test'

import { builtInKinds, configMaps } from '@quarterdeck/api'
import fc from 'fast-check'

import { startRestServer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const path = '/api/v1/namespaces/default/configmaps'
const json = { 'content-type': 'application/json' }

/** A TLS connection of the administrator, to be written on byte by byte. */
async function rawConnection(): Promise<TLSSocket> {
  const { certificatePem: cert, keyPem: key } = server.admin
  const socket = connectTls({ port: Number(new URL(server.url).port), host: '127.0.0.1', ca: server.caPem, cert, key })
  await new Promise<void>((resolve) => socket.once('secureConnect', resolve))
  return socket
}

describe('bad input', () => {
  const cases: [
    what: string,
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string> },
    status: number,
  ][] = [
    ['malformed JSON', 'POST', path, { body: '{"metadata":' }, 400],
    ['an empty body', 'POST', path, { body: '' }, 400],
    ['a body that is no object', 'POST', path, { body: '[1,2]' }, 400],
    ['a body that is null', 'POST', path, { body: 'null' }, 400],
    ['malformed YAML', 'POST', path, { body: 'a: [', headers: { 'content-type': 'application/yaml' } }, 400],
    ['YAML of two documents', 'POST', path, { body: 'a: 1\n---\nb: 2', headers: { 'content-type': 'application/yaml' } }, 400],
    ['another content type', 'POST', path, { body: 'x', headers: { 'content-type': 'text/plain' } }, 415],
    ['a patch of no patch type', 'PATCH', `${path}/x`, { body: '{}', headers: json }, 415],
    ['another kind than the path', 'POST', path, { body: { kind: 'Secret', metadata: { name: 'x' } } }, 400],
    ['another version than the path', 'POST', path, { body: { apiVersion: 'v2', metadata: { name: 'x' } } }, 400],
    ['another namespace than the path', 'POST', path, { body: { metadata: { name: 'x', namespace: 'other' } } }, 400],
    ['another name than the path', 'PUT', '/api/v1/namespaces/default', { body: { metadata: { name: 'other' } } }, 400],
    ['no name', 'POST', path, { body: { metadata: {} } }, 422],
    ['an invalid name', 'POST', path, { body: { metadata: { name: 'Not_Valid' } } }, 422],
    ['a name of 300 characters', 'POST', path, { body: { metadata: { name: 'x'.repeat(300) } } }, 422],
    ['a finalizer without a domain', 'POST', path, { body: { metadata: { name: 'x', finalizers: ['abc'] } } }, 422],
    ['a resourceVersion of a new object', 'POST', path, { body: { metadata: { name: 'x', resourceVersion: '5' } } }, 400],
    ['a value of the wrong type', 'POST', path, { body: { metadata: { name: 'x' }, data: { a: 1 } } }, 400],
    ['metadata of the wrong type', 'POST', path, { body: { metadata: 'x' } }, 400],
    [
      'a huge number',
      'POST',
      '/apis/apps/v1/namespaces/default/replicasets',
      { body: '{"metadata":{"name":"x"},"spec":{"replicas":1e400}}' },
      400,
    ],
    ['deep nesting', 'POST', path, { body: `{"metadata":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}` }, 400],
    ['an unknown path', 'GET', '/apis/nothing.example.com/v1/things', {}, 404],
    ['an unknown resource', 'GET', '/api/v1/namespaces/default/things', {}, 404],
    ['an unknown subresource', 'GET', '/api/v1/namespaces/default/pods/x/things', {}, 404],
    ['a path that does not decode', 'GET', '/api/v1/namespaces/%zz/pods', {}, 404],
    ['an empty path segment', 'GET', '/api/v1//pods', {}, 404],
    ['a method that is not allowed', 'PUT', path, { body: {} }, 405],
    ['a limit that is no number', 'GET', `${path}?limit=many`, {}, 400],
    ['a version that is no number', 'GET', `${path}?resourceVersion=abc`, {}, 400],
    ['a version match without a version', 'GET', `${path}?resourceVersionMatch=Exact`, {}, 422],
    ['an unknown fieldValidation', 'POST', `${path}?fieldValidation=Maybe`, { body: {} }, 422],
    ['an unknown dryRun', 'POST', `${path}?dryRun=Some`, { body: {} }, 422],
    ['a version from the future', 'GET', `${path}?resourceVersion=999999999`, {}, 504],
  ]
  for (const [what, method, at, options, status] of cases) {
    test(`${what} is answered with ${status}`, async () => {
      const answer = await server.call(method, at, options)
      assert.equal(answer.status, status, answer.text)
      assert.equal(answer.json?.kind, 'Status', answer.text)
      assert.ok(answer.json.message.length > 5)
    })
  }

  test('a body over 3 MiB is refused', async () => {
    const answer = await server.call('POST', path, { body: { metadata: { name: 'big' }, data: { a: 'x'.repeat(3 * 1024 * 1024) } } })
    assert.equal(answer.status, 413)
  })

  test('a ConfigMap over 1 MiB is invalid', async () => {
    const answer = await server.call('POST', path, { body: { metadata: { name: 'big' }, data: { a: 'x'.repeat(1024 * 1024 + 1) } } })
    assert.equal(answer.status, 422)
  })

  test('a request that is half sent and dropped changes nothing', async () => {
    const socket = await rawConnection()
    await new Promise<void>((resolve) =>
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"metadata":{"name":"half"}`,
        () => resolve(),
      ),
    )
    socket.destroy()
    assert.equal((await server.call('GET', `${path}/half`)).status, 404)
  })

  test('a client that stops reading its watch is cut off and costs no more', async () => {
    const socket = await rawConnection()
    socket.write(`GET ${path}?watch=true HTTP/1.1\r\nHost: x\r\n\r\n`)
    await new Promise<void>((resolve) => socket.once('data', () => resolve()))
    socket.pause()
    await server.client.create(configMaps, { metadata: { name: 'flood', namespace: 'default' } })
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => {})
    let isClosed = false
    void closed.then(() => (isClosed = true))
    // A paused socket notices its end only when it writes or is read again.
    for (let i = 0; i < 120 && !isClosed; i++) {
      await server.client.patch(
        configMaps,
        { namespace: 'default', name: 'flood' },
        { data: { a: `${i}`.padEnd(500_000, 'x') } },
        { type: 'merge' },
      )
    }
    socket.resume()
    await closed
  })

  test('whatever is sent to whatever kind, the answer is a Status or an object and the server lives', async () => {
    const kinds = builtInKinds.filter((kind) => kind.scope === 'Namespaced')
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 0, -1, 1e21, true, '', 'a', '-1', '☃', '1Gi', 'Always', '2026-01-01T00:00:00Z'),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            'name',
            'namespace',
            'labels',
            'spec',
            'containers',
            'template',
            'selector',
            'matchLabels',
            'ports',
            'port',
            'metadata',
            'image',
            'env',
            'data',
            'resources',
            'limits',
            'cpu',
            'volumes',
            'emptyDir',
            'type',
            'subsets',
            'endpoints',
            'addresses',
            'involvedObject',
            '__proto__',
            'constructor',
          ),
          tie('any'),
          { maxKeys: 4 },
        ),
      ),
    })).any
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.dictionary(
          fc.constantFrom(
            'metadata',
            'spec',
            'status',
            'data',
            'type',
            'subsets',
            'endpoints',
            'ports',
            'addressType',
            'involvedObject',
            'template',
            'secrets',
            'revision',
          ),
          value,
        ),
        async (kind, body) => {
          const root = kind.group ? `/apis/${kind.apiVersion}` : '/api/v1'
          const metadata =
            typeof body['metadata'] === 'object' && body['metadata'] && !Array.isArray(body['metadata'])
              ? { generateName: 'fuzz-', ...body['metadata'] }
              : { generateName: 'fuzz-' }
          const answer = await server.call('POST', `${root}/namespaces/default/${kind.plural}?fieldValidation=Ignore&dryRun=All`, {
            body: { ...body, metadata },
          })
          assert.ok(
            [201, 400, 403, 404, 409, 422].includes(answer.status),
            `${answer.status} ${answer.text} for ${kind.kind} ${JSON.stringify(body)}`,
          )
        },
      ),
      { numRuns: 600 },
    )
    assert.equal((await server.call('GET', '/livez')).status, 200)
  })
})
