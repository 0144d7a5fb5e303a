import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { isStatus, pod } from '../testing/requests.ts'
import { startRestServer, type Answer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const create = (path: string, body: unknown): Promise<Answer> => server.call('POST', path, { body })
const inNamespace = (namespace: string, plural: string): string => `/api/v1/namespaces/${namespace}/${plural}`

/** A namespace with a quota that was worked out: nothing is used. */
async function namespaceWith(name: string, hard: Record<string, string>): Promise<string> {
  await create('/api/v1/namespaces', { metadata: { name } })
  const path = inNamespace(name, 'resourcequotas')
  const { json } = await create(path, { metadata: { name: 'all' }, spec: { hard } })
  const used = Object.fromEntries(Object.keys(hard).map((resource) => [resource, '0']))
  assert.equal((await server.call('PUT', `${path}/all/status`, { body: { ...json, status: { hard, used } } })).status, 200)
  return `${path}/all`
}

const asking = (name: string, requests: object, limits: object = {}) => ({
  ...pod(name),
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests, limits } }] },
})

describe('a quota', () => {
  test('[RQ3] refuses what exceeds it, and says by how much', async () => {
    const quota = await namespaceWith('q3', { pods: '2', 'requests.cpu': '1' })
    const path = inNamespace('q3', 'pods')
    assert.equal((await create(path, asking('a', { cpu: '600m' }))).status, 201)
    const refused = await create(path, asking('b', { cpu: '600m' }))
    isStatus(refused, 403, 'Forbidden')
    assert.equal(
      refused.json.message,
      'pods "b" is forbidden: exceeded quota: all, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1',
    )
    assert.deepEqual((await server.call('GET', quota)).json.status.used, { pods: '1', 'requests.cpu': '600m' })
  })

  test('[RQ4] is not exceeded by many at once, nor does any of them fail that would fit', async () => {
    const quota = await namespaceWith('q4', { 'count/configmaps': '10' })
    const path = inNamespace('q4', 'configmaps')
    const answers = await Promise.all(Array.from({ length: 25 }, (_, i) => create(path, { metadata: { name: `c${i}` } })))
    assert.deepEqual(
      [201, 403].map((code) => answers.filter(({ status }) => status === code).length),
      [10, 15],
    )
    assert.deepEqual((await server.call('GET', quota)).json.status.used, { 'count/configmaps': '10' })
  })

  test('[RQ5] is not charged for what is not stored', async () => {
    const quota = await namespaceWith('q5', { 'count/configmaps': '1' })
    const path = inNamespace('q5', 'configmaps')
    isStatus(await create(path, { metadata: { name: 'Wrong Name' } }), 422, 'Invalid')
    assert.equal((await create(`${path}?dryRun=All`, { metadata: { name: 'dry' } })).status, 201)
    assert.equal((await create(path, { metadata: { name: 'a' } })).status, 201)
    isStatus(await create(path, { metadata: { name: 'a' } }), 403, 'Forbidden')
    assert.deepEqual((await server.call('GET', quota)).json.status.used, { 'count/configmaps': '1' })
  })

  test('[RQ6] of CPU wants every container to say what it needs', async () => {
    await namespaceWith('q6', { 'limits.cpu': '4', 'requests.cpu': '4' })
    const refused = await create(inNamespace('q6', 'pods'), asking('a', { cpu: '1' }))
    isStatus(refused, 403, 'Forbidden')
    assert.match(refused.json.message, /forbidden: failed quota: all: must specify limits\.cpu for: c$/)
  })

  test('[RQ7] counts a service’s change of type', async () => {
    const quota = await namespaceWith('q7', { 'services.nodeports': '1' })
    const path = inNamespace('q7', 'services')
    const service = await create(path, { metadata: { name: 's' }, spec: { ports: [{ port: 80 }, { port: 81, name: 'b' }].slice(0, 1) } })
    assert.equal(service.status, 201)
    const patch = (spec: object) =>
      server.call('PATCH', `${path}/s`, { body: { spec }, headers: { 'content-type': 'application/merge-patch+json' } })
    assert.equal((await patch({ type: 'NodePort' })).status, 200)
    assert.deepEqual((await server.call('GET', quota)).json.status.used, { 'services.nodeports': '1' })
    const two = [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
    ]
    isStatus(await patch({ ports: two }), 403, 'Forbidden')
    assert.equal((await patch({ type: 'ClusterIP' })).status, 200)
    assert.deepEqual((await server.call('GET', quota)).json.status.used, { 'services.nodeports': '0' })
  })
})

describe('a limit range', () => {
  const limits = async (namespace: string, ...items: object[]): Promise<string> => {
    await create('/api/v1/namespaces', { metadata: { name: namespace } })
    assert.equal((await create(inNamespace(namespace, 'limitranges'), { metadata: { name: 'l' }, spec: { limits: items } })).status, 201)
    return inNamespace(namespace, 'pods')
  }

  test('[LR1] gives containers its defaults, and says so', async () => {
    const path = await limits('l1', { type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '100m', memory: '64Mi' } })
    const { json } = await create(path, asking('a', { memory: '1Mi' }))
    assert.deepEqual(json.spec.containers[0].resources, { requests: { memory: '1Mi', cpu: '100m' }, limits: { cpu: '500m' } })
    assert.equal(
      json.metadata.annotations['kubernetes.io/limit-ranger'],
      'LimitRanger plugin set: cpu request for container c; cpu limit for container c',
    )
  })

  test('[LR2] refuses pods beyond its bounds', async () => {
    const path = await limits('l2', { type: 'Container', max: { cpu: '1' } }, { type: 'Pod', min: { memory: '10Mi' } })
    const refused = await create(path, asking('a', { cpu: '2', memory: '1Mi' }, { cpu: '2' }))
    isStatus(refused, 403, 'Forbidden')
    assert.equal(
      refused.json.message,
      'pods "a" is forbidden: [maximum cpu usage per Container is 1, but limit is 2, minimum memory usage per Pod is 10Mi, but request is 1Mi]',
    )
  })

  test('[LR3] bounds the size of claims', async () => {
    await limits('l3', { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } })
    const claim = (storage: string) => ({
      metadata: { name: 'c' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
    })
    const path = inNamespace('l3', 'persistentvolumeclaims')
    assert.match(
      (await create(path, claim('3Gi'))).json.message,
      /maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi/,
    )
    assert.equal((await create(path, claim('1Gi'))).status, 201)
  })
})
