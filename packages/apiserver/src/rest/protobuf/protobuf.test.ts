import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { isApiError } from '@quarterdeck/api-machinery'
import fc from 'fast-check'

import { startRestServer, type RestServer } from '../../testing/rest-server.ts'
import { decodeProtobuf, protobufMediaType } from './envelope.ts'
import { bytesOf, envelopeOf, numberOf, textOf } from './wire.fixture.ts'

const labels = (key: string, value: string): Buffer => bytesOf(11, textOf(1, key), textOf(2, value))

/** What a Go client sends for a Deployment: zeros of fields that are no pointers travel too. */
const deployment = envelopeOf(
  'apps/v1',
  'Deployment',
  bytesOf(1, textOf(1, 'web'), textOf(2, ''), textOf(5, ''), numberOf(7, 0), bytesOf(8), labels('app', 'web')),
  bytesOf(
    2,
    numberOf(1, 0),
    bytesOf(2, bytesOf(1, textOf(1, 'app'), textOf(2, 'web'))),
    bytesOf(
      3,
      bytesOf(1, bytesOf(8), labels('app', 'web')),
      bytesOf(
        2,
        bytesOf(1, textOf(1, 'v'), bytesOf(2, bytesOf(2, textOf(1, ''), bytesOf(2, textOf(1, '1Gi'))))),
        bytesOf(
          2,
          textOf(1, 'c'),
          textOf(2, 'busybox:1'),
          bytesOf(8, bytesOf(1, textOf(1, 'cpu'), bytesOf(2, textOf(1, '100m')))),
          bytesOf(
            11,
            bytesOf(1, bytesOf(2, textOf(1, '/'), bytesOf(2, numberOf(1, 1), numberOf(2, 0), textOf(3, 'http')))),
            numberOf(2, 5),
          ),
        ),
        textOf(10, ''),
      ),
    ),
    bytesOf(4, textOf(1, ''), bytesOf(2, bytesOf(2, numberOf(1, 0), numberOf(2, 2), textOf(3, '')))),
    numberOf(99, 7),
  ),
  bytesOf(3, numberOf(1, 0)),
)

describe('reading a protobuf body', () => {
  test('gives the JSON of the object: embedded messages, maps, quantities, and zeros where they mean something', () => {
    assert.deepEqual(decodeProtobuf(deployment), {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }],
            containers: [
              {
                name: 'c',
                image: 'busybox:1',
                resources: { limits: { cpu: '100m' } },
                readinessProbe: { httpGet: { path: '/', port: 'http' }, initialDelaySeconds: 5 },
              },
            ],
          },
        },
        strategy: { rollingUpdate: { maxSurge: 2 } },
      },
      status: {},
    })
  })

  test('keeps bytes as base64 and times as RFC 3339', () => {
    const secret = envelopeOf(
      'v1',
      'Secret',
      bytesOf(1, textOf(1, 's'), bytesOf(8, numberOf(1, 1_700_000_000), numberOf(2, 0))),
      bytesOf(2, textOf(1, 'a'), bytesOf(2, Buffer.from([0, 255]))),
    )
    assert.deepEqual(decodeProtobuf(secret), {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name: 's', creationTimestamp: '2023-11-14T22:13:20Z' },
      data: { a: 'AP8=' },
    })
  })

  test('takes a key named __proto__ for a key', () => {
    const object = decodeProtobuf(envelopeOf('v1', 'ConfigMap', bytesOf(2, textOf(1, '__proto__'), textOf(2, 'x'))))
    assert.deepEqual(Object.keys(object['data'] as object), ['__proto__'])
  })

  for (const [what, body, message] of [
    ['no envelope', Buffer.from('{}'), /does not begin with the bytes/],
    ['an unknown kind', envelopeOf('v1', 'Gizmo'), /a Gizmo in version "v1" can't be read/],
    ['bytes that end early', deployment.subarray(0, -3), /could not be decoded/],
    ['a length past the end', Buffer.from('k8s\0\x0a\xff\xff\xff\x07', 'latin1'), /could not be decoded/],
  ] as const)
    test(`refuses ${what}`, () => {
      assert.throws(() => decodeProtobuf(body), { reason: 'BadRequest', message })
    })
})

describe('bytes of any kind', () => {
  const answered = (body: Buffer): void => {
    try {
      decodeProtobuf(body)
    } catch (error) {
      assert.ok(isApiError(error) && error.reason === 'BadRequest', String(error))
    }
  }

  test('behind the envelope are an object or a BadRequest', () => {
    const anything = fc.uint8Array({ maxLength: 200 })
    fc.assert(fc.property(anything, (bytes) => answered(envelopeOf('v1', 'Pod', bytes))))
    fc.assert(fc.property(anything, (bytes) => answered(Buffer.concat([Buffer.from('k8s\0'), bytes]))))
  })

  test('changed in one place of a sound body are an object or a BadRequest', () => {
    fc.assert(
      fc.property(fc.nat(deployment.length - 5), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(deployment)
        changed[4 + at] = byte
        answered(changed)
      }),
      { numRuns: 1000 },
    )
  })

  test('that nest groups without end are a BadRequest', () => {
    assert.throws(() => decodeProtobuf(envelopeOf('v1', 'Pod', Buffer.alloc(1_000_000, (15 << 3) | 3))), { reason: 'BadRequest' })
  })
})

describe('a protobuf request', () => {
  let server: RestServer
  before(async () => {
    server = await startRestServer()
  })
  after(() => server.close())
  const headers = { 'content-type': protobufMediaType, accept: `${protobufMediaType},application/json` }

  test('creates an object and is answered in JSON', async () => {
    const { status, json } = await server.call('POST', '/apis/apps/v1/namespaces/default/deployments', { body: deployment, headers })
    assert.equal(status, 201)
    assert.equal(json.spec.replicas, 0)
    assert.equal(json.spec.template.spec.containers[0].imagePullPolicy, 'IfNotPresent')
  })

  test('asks what the caller may do', async () => {
    const body = envelopeOf(
      'authorization.k8s.io/v1',
      'SelfSubjectAccessReview',
      bytesOf(2, bytesOf(1, textOf(2, 'get'), textOf(5, 'pods'))),
    )
    const { status, json } = await server.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body, headers })
    assert.equal(status, 201)
    assert.deepEqual(json.spec, { resourceAttributes: { verb: 'get', resource: 'pods' } })
    assert.equal(json.status.allowed, true)
  })

  test('asks for the rules of the caller', async () => {
    const body = envelopeOf('authorization.k8s.io/v1', 'SelfSubjectRulesReview', bytesOf(2, textOf(1, 'default')))
    const { json } = await server.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { body, headers })
    assert.deepEqual(json.status.resourceRules[0], { verbs: ['*'], apiGroups: ['*'], resources: ['*'] })
    assert.equal(json.status.incomplete, false)
  })

  test('that is broken is a BadRequest', async () => {
    const { status, json } = await server.call('POST', '/api/v1/namespaces/default/configmaps', { body: Buffer.from('k8s\0\xff'), headers })
    assert.equal(status, 400)
    assert.equal(json.reason, 'BadRequest')
  })

  test('from a client that can read nothing but protobuf is NotAcceptable', async () => {
    const { status } = await server.call('GET', '/api/v1/pods', { headers: { accept: protobufMediaType } })
    assert.equal(status, 406)
  })
})
