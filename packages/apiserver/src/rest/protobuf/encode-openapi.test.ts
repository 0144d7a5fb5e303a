import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { startRestServer, type RestServer } from '../../testing/rest-server.ts'
import { openApiProtobufType } from '../openapi-format.ts'
import { encodeOpenApiV2 } from './encode-openapi.ts'
import { bytesOf, numberOf, textOf } from './wire.fixture.ts'

test('definitions keep references, lists, maps and extensions', () => {
  const encoded = encodeOpenApiV2({
    swagger: '2.0',
    definitions: {
      A: {
        type: 'object',
        required: ['b'],
        properties: {
          b: { type: 'array', items: { $ref: '#/definitions/B' }, 'x-kubernetes-list-type': 'atomic' },
          m: { type: 'object', additionalProperties: { type: 'string' } },
        },
      },
    },
  })
  const type = (name: string): Buffer => bytesOf(22, textOf(1, name))
  const property = (name: string, ...parts: Buffer[]): Buffer => bytesOf(1, textOf(1, name), bytesOf(2, ...parts))
  const list = property(
    'b',
    type('array'),
    bytesOf(23, bytesOf(1, textOf(1, '#/definitions/B'))),
    bytesOf(31, textOf(1, 'x-kubernetes-list-type'), bytesOf(2, textOf(2, 'atomic\n'))),
  )
  const map = property('m', type('object'), bytesOf(21, bytesOf(1, type('string'))))
  const a = bytesOf(2, type('object'), textOf(19, 'b'), bytesOf(25, list, map))
  assert.deepEqual(Buffer.from(encoded), Buffer.concat([textOf(1, '2.0'), bytesOf(9, bytesOf(1, textOf(1, 'A'), a))]))
})

test('operations keep parameters of every place, and responses', () => {
  const encoded = encodeOpenApiV2({
    paths: {
      '/p': {
        post: {
          parameters: [
            { name: 'body', in: 'body', required: true, schema: { $ref: 'r' } },
            { name: 'dryRun', in: 'query', type: 'string', uniqueItems: true },
          ],
          responses: { '200': { description: 'OK' } },
        },
        parameters: [{ name: 'name', in: 'path', required: true, type: 'string' }],
      },
    },
  })
  const body = bytesOf(8, bytesOf(1, bytesOf(1, textOf(2, 'body'), textOf(3, 'body'), numberOf(4, 1), bytesOf(5, textOf(1, 'r')))))
  const query = bytesOf(
    8,
    bytesOf(1, bytesOf(2, bytesOf(3, textOf(4, 'dryRun'), textOf(2, 'query'), textOf(6, 'string'), numberOf(20, 1)))),
  )
  const path = bytesOf(9, bytesOf(1, bytesOf(2, bytesOf(4, textOf(4, 'name'), textOf(2, 'path'), numberOf(1, 1), textOf(5, 'string')))))
  const responses = bytesOf(9, bytesOf(1, textOf(1, '200'), bytesOf(2, bytesOf(1, textOf(1, 'OK')))))
  const item = bytesOf(2, bytesOf(4, body, query, responses), path)
  assert.deepEqual(Buffer.from(encoded), bytesOf(8, bytesOf(2, textOf(1, '/p'), item)))
})

describe('the media type of /openapi/v2', () => {
  const gnostic = 'application/com.github.googleapis.gnostic.OpenAPIv2@68f4ded+protobuf'
  const current = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
  for (const [accept, expected] of [
    [undefined, undefined],
    ['application/json', undefined],
    ['text/html', undefined],
    ['application/com.github.proto-openapi.spec.v2@v1.0+protobuf', current],
    [gnostic, gnostic],
    [`application/json;q=0.5, ${gnostic};q=0.9`, gnostic],
    [`${gnostic};q=0.1,application/json`, undefined],
    [`${gnostic};q=0, */*`, undefined],
  ] as const)
    test(`for ${accept} is ${expected ?? 'JSON'}`, () => assert.equal(openApiProtobufType(accept), expected))
})

describe('/openapi/v2', () => {
  let server: RestServer
  before(async () => {
    server = await startRestServer()
  })
  after(() => server.close())

  test('is JSON for most and protobuf for old kubectl', async () => {
    const json = await server.call('GET', '/openapi/v2')
    assert.equal(json.json.swagger, '2.0')
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
    const binary = await server.call('GET', '/openapi/v2', { headers: { accept } })
    assert.equal(binary.headers['content-type'], 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
    assert.match(binary.text, /io\.k8s\.api\.core\.v1\.PodSpec/)
  })
})
