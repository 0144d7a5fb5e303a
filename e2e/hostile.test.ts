import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { Agent, request, type Dispatcher } from 'undici'

import { eventually } from './lib/eventually.ts'
import { startWeb } from './lib/web-process.ts'

/** A client that wants to do harm, against a web with a heap so small that anything that is not bounded ends it. */
const web = await startWeb({ heapMiB: 256 })
const agent = new Agent({
  connect: { ca: web.ca, cert: web.cert, key: web.key, timeout: 60_000 },
  connections: 16,
  bodyTimeout: 120_000,
  headersTimeout: 120_000,
})
const url = `https://127.0.0.1:${web.apiPort}`
const maps = '/api/v1/namespaces/default/configmaps'
const json = { 'content-type': 'application/json' }
const patchType = (name: string) => ({ 'content-type': `application/${name}+json` })

interface Attack {
  method?: Dispatcher.HttpMethod
  path?: string
  headers?: Record<string, string>
  body?: string | Buffer
}

async function send({ method = 'POST', path = maps, headers = json, body }: Attack): Promise<number> {
  assert.equal(web.ended(), undefined, web.errors().slice(-500))
  const answer = await request(url + path, { method, headers, body: body ?? null, dispatcher: agent })
  await answer.body.dump()
  return answer.statusCode
}

const mib = (n: number): number => n * 1024 * 1024
const nested = (open: string, close: string, depth: number, inner = '1'): string => open.repeat(depth) + inner + close.repeat(depth)
const map = (name: string, rest: object = {}): string => JSON.stringify({ metadata: { name }, ...rest })
const copies = Array.from({ length: 30 }, (_, i) => ({ op: 'copy', from: '/data', path: `/data/k${i}` }))
const pod = { containers: [{ name: 'c', image: 'i' }] }
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))
const record = (n: number, value: unknown = 'x'): object => Object.fromEntries(many(n, (i) => [`k${i}`, value]))

const attacks: Record<string, () => Attack> = {
  'a JSON patch of thirty copies of a map into itself': () => ({
    method: 'PATCH',
    path: `${maps}/victim`,
    headers: patchType('json-patch'),
    body: JSON.stringify(copies),
  }),
  'a JSON patch of ten thousand additions': () => ({
    method: 'PATCH',
    path: `${maps}/victim`,
    headers: patchType('json-patch'),
    body: JSON.stringify(many(10_000, (i) => ({ op: 'add', path: `/data/n${i}`, value: 'x' }))),
  }),
  'a JSON patch of too many operations': () => ({
    method: 'PATCH',
    path: `${maps}/victim`,
    headers: patchType('json-patch'),
    body: JSON.stringify(many(10_001, () => ({ op: 'test', path: '', value: 1 }))),
  }),
  'a JSON patch without slashes': () => ({
    method: 'PATCH',
    path: `${maps}/victim`,
    headers: patchType('json-patch'),
    body: '[{"op":"add","path":"data","value":{}}]',
  }),
  'a JSON patch of the prototype': () => ({
    method: 'PATCH',
    path: `${maps}/victim`,
    headers: patchType('json-patch'),
    body: '[{"op":"add","path":"/__proto__/polluted","value":"x"},{"op":"add","path":"/constructor/prototype/polluted","value":"x"}]',
  }),
  'a deep merge patch': () => ({
    method: 'PATCH',
    path: `${maps}/victim`,
    headers: patchType('merge-patch'),
    body: nested('{"a":', '}', 100_000),
  }),
  'a merge patch of the prototype': () => ({
    method: 'PATCH',
    path: `${maps}/victim`,
    headers: patchType('merge-patch'),
    body: '{"__proto__":{"polluted":"x"},"metadata":{"labels":{"__proto__":"x"}}}',
  }),
  'a deep strategic merge patch': () => ({
    method: 'PATCH',
    path: `${maps}/victim`,
    headers: patchType('strategic-merge-patch'),
    body: nested('{"data":', '}', 50_000),
  }),
  'directives that are none': () => ({
    method: 'PATCH',
    path: `${maps}/victim`,
    headers: patchType('strategic-merge-patch'),
    body: '{"$patch":5,"data":{"$retainKeys":{},"$patch":[]}}',
  }),
  'a strategic merge of a list of forty thousand': () => ({
    method: 'PATCH',
    path: '/api/v1/namespaces/default/pods/victim',
    headers: patchType('strategic-merge-patch'),
    body: JSON.stringify({ spec: { containers: many(40_000, (i) => ({ name: `c${i}`, image: 'i' })) } }),
  }),
  'a hundred thousand unknown fields': () => ({ body: map('unknown', record(100_000)) }),
  'as many, strictly': () => ({ path: `${maps}?fieldValidation=Strict`, body: map('unknown', record(100_000)) }),
  'a hundred thousand duplicate keys': () => ({ body: `{"metadata":{"name":"dup"},${many(100_000, () => '"data":{}').join()}}` }),
  'a hundred thousand errors': () => ({
    body: map('errors', { data: record(50_000), metadata: { name: 'errors', labels: record(50_000, '!') } }),
  }),
  'three megabytes of brackets': () => ({ body: '['.repeat(mib(3) - 10) }),
  'closed brackets': () => ({ body: nested('[', ']', mib(1.4)) }),
  'deep objects': () => ({ body: nested('{"a":', '}', 400_000) }),
  'a long string': () => ({ body: map('long', { data: { a: 'x'.repeat(mib(2.9)) } }) }),
  'a long name': () => ({ body: map('x'.repeat(mib(2.9))) }),
  'a long quantity': () => ({
    path: '/api/v1/namespaces/default/pods',
    body: map('q', { spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1'.repeat(mib(2)) } } }] } }),
  }),
  'a long time': () => ({
    body: JSON.stringify({ metadata: { name: 't', creationTimestamp: '2026-01-01T00:00:00.'.padEnd(mib(2), '1') } }),
  }),
  'secret data that is almost base64': () => ({
    path: '/api/v1/namespaces/default/secrets',
    body: map('s', { data: { a: `${'A '.repeat(mib(1))}!` } }),
  }),
  'numbers beyond all': () => ({
    path: '/apis/apps/v1/namespaces/default/deployments',
    body: '{"metadata":{"name":"n"},"spec":{"replicas":1e309,"template":{}}}',
  }),
  'protobuf that is none': () => ({
    headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
    body: Buffer.concat([Buffer.from('k8s\0'), randomBytes(mib(1))]),
  }),
  'protobuf that nests': () => ({
    headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
    body: Buffer.concat([Buffer.from('k8s\0'), Buffer.alloc(mib(1), 0x0a)]),
  }),
  'a bomb of gzip': () => ({ headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(mib(300), 0x20)) }),
  'gzip that is none': () => ({ headers: { ...json, 'content-encoding': 'gzip' }, body: randomBytes(1000) }),
  'a billion laughs': () => ({
    headers: { 'content-type': 'application/yaml' },
    body: `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${many(12, (i) => `a${i + 1}: &a${i + 1} [${many(9, () => `*a${i}`).join()}]`).join('\n')}\n`,
  }),
  'merge keys that grow': () => ({
    headers: { 'content-type': 'application/yaml' },
    body: `m0: &m0 {a: 1}\n${many(30, (i) => `m${i + 1}: &m${i + 1} {<<: [*m${i}, *m${i}], k${i}: *m${i}}`).join('\n')}\n`,
  }),
  'YAML of many documents': () => ({ headers: { 'content-type': 'application/yaml' }, body: '---\na: 1\n'.repeat(100_000) }),
  'YAML that nests': () => ({ headers: { 'content-type': 'application/yaml' }, body: '['.repeat(200_000) }),
  'YAML with many keys': () => ({ headers: { 'content-type': 'application/yaml' }, body: many(100_000, (i) => `k${i}: x`).join('\n') }),
  'a label selector of a hundred thousand terms': () => ({ method: 'GET', path: `${maps}?labelSelector=${'a,'.repeat(7_000)}b` }),
  'a label selector of parentheses': () => ({ method: 'GET', path: `${maps}?labelSelector=${'('.repeat(15_000)}` }),
  'a selector of many values for a delete': () => ({
    method: 'DELETE',
    path: `${maps}?labelSelector=a+in+(${many(2_000, (i) => `v${i}`).join()})`,
  }),
  'a field selector of commas': () => ({ method: 'GET', path: `${maps}?fieldSelector=${','.repeat(15_000)}` }),
  'a continue token that is none': () => ({
    method: 'GET',
    path: `${maps}?continue=${Buffer.from('{"v":1,"revision":1e99,"after":[]}').toString('base64url')}`,
  }),
  'a revision beyond 64 bits': () => ({ method: 'GET', path: `${maps}?resourceVersion=${'9'.repeat(40)}` }),
  'a watch from a revision beyond 64 bits': () => ({ method: 'GET', path: `${maps}?watch=1&resourceVersion=${'9'.repeat(40)}` }),
  'an Accept header that goes on': () => ({ method: 'GET', headers: { accept: 'application/json;as=Table;v=v9,'.repeat(400) } }),
  'a token that is none': () => ({ method: 'GET', headers: { authorization: `Bearer ${'x'.repeat(12_000)}` } }),
  'a token of three dots': () => ({ method: 'GET', headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' } }),
  'impersonation of many groups': () => ({
    method: 'GET',
    headers: { 'impersonate-user': 'x', 'impersonate-extra-%': '%', 'impersonate-group': 'g' },
  }),
  'a path that does not decode': () => ({ method: 'GET', path: '/api/v1/namespaces/%E0%A4%A/pods' }),
  'a path of slashes': () => ({ method: 'GET', path: `/api/v1${'/'.repeat(10_000)}` }),
  'a path that climbs': () => ({ method: 'GET', path: '/api/v1/namespaces/..%2f..%2fx/configmaps/..%2f' }),
  'a name of NUL': () => ({ method: 'GET', path: `${maps}/a%00b` }),
  'an object with NUL': () => ({ body: map('nul', { data: { a: 'x\u0000y' } }) }),
  'half a surrogate': () => ({ body: '{"metadata":{"name":"sur"},"data":{"a":"\\ud800"}}' }),
  'a review of another kind': () => ({
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: '{"kind":"Pod","apiVersion":"v1"}',
  }),
  'a review with a deep spec': () => ({
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: JSON.stringify({ spec: { token: 'x'.repeat(mib(2)) } }),
  }),
  'a YAML list of dashes': () => ({ headers: { 'content-type': 'application/yaml' }, body: '- '.repeat(400_000) }),
  'an eviction of nothing': () => ({ path: '/api/v1/namespaces/default/pods/none/eviction', body: '{"deleteOptions":{"dryRun":["x"]}}' }),
  'a scale of a wrong type': () => ({
    method: 'PUT',
    path: '/apis/apps/v1/namespaces/default/deployments/none/scale',
    body: '{"spec":{"replicas":"many"}}',
  }),
}

async function metric(name: string): Promise<number> {
  const answer = await request(`${url}/metrics`, { dispatcher: agent })
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(await answer.body.text())
  return Number(found?.[1])
}

describe('a hostile client', () => {
  test('there is something to harm', async () => {
    assert.equal(await send({ body: map('victim', { data: record(2_000, 'some text that is copied') }) }), 201)
    assert.equal(await send({ path: '/api/v1/namespaces/default/pods', body: map('victim', { spec: pod }) }), 201)
  })

  for (const [what, make] of Object.entries(attacks))
    test(`[HO1] ${what} is answered, and not with 5xx`, async () => {
      const attack = make()
      for (let round = 0; round < 2; round++) {
        const code = await send(attack)
        assert.ok(code >= 200 && code < 500, `${code}: ${web.errors().slice(-2_000)}`)
      }
    })

  test('[HO1] all of them beside one another', async () => {
    const left = Object.values(attacks)
      .flatMap((make) => [make, make])
      .values()
    const attacker = async (): Promise<void> => {
      for (const make of left) assert.ok((await send(make())) < 500, web.errors().slice(-2_000))
    }
    await Promise.all([attacker(), attacker(), attacker()])
  })

  test('[HO2] connections that say nothing, or stop half-way, are ended, each in its time', async () => {
    const quiet: Promise<void>[] = []
    const hold = (socket: Socket, text = ''): void => {
      socket.on('error', () => {})
      if (text) socket.write(text)
      quiet.push(new Promise((resolve) => socket.once('close', () => resolve())))
    }
    const tls = (text: string): void => {
      const socket = connectTls({ port: web.apiPort, host: '127.0.0.1', ca: web.ca, cert: web.cert, key: web.key })
      hold(socket, text)
    }
    for (let i = 0; i < 50; i++) {
      hold(connectTcp(web.apiPort, '127.0.0.1'))
      hold(connectTcp(web.apiPort, '127.0.0.1'), '\x16\x03\x01')
      hold(connectTcp(web.dashboardPort, '127.0.0.1'), 'GET / HT')
      tls('')
      tls('GET /api HTTP/1.1\r\nHost: x\r\nX-A: ')
      tls(`POST ${maps} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"metadata"`)
      tls(`POST ${maps} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n{`)
    }
    assert.equal(await send({ method: 'GET', path: '/readyz' }), 200)
    await Promise.all(quiet)
    assert.equal(web.ended(), undefined)
  })

  test('[HO2] readers that do not read, and watches that are opened and left', async () => {
    const left: Socket[] = []
    for (let i = 0; i < 100; i++) {
      const socket = connectTls({ port: web.apiPort, host: '127.0.0.1', ca: web.ca, cert: web.cert, key: web.key })
      socket.on('error', () => {})
      socket.pause()
      socket.write(`GET ${maps}?watch=true HTTP/1.1\r\nHost: x\r\n\r\n`)
      left.push(socket)
    }
    await eventually(async () => assert.ok((await metric('apiserver_longrunning_requests')) >= 100))
    for (let i = 0; i < 60; i++)
      await send({
        method: 'PATCH',
        path: `${maps}/victim`,
        headers: patchType('merge-patch'),
        body: JSON.stringify({ data: { flood: `${i}`.padEnd(400_000, 'x') } }),
      })
    for (const socket of left) socket.destroy()
    await eventually(async () => assert.equal(await metric('apiserver_longrunning_requests'), 0))
    assert.equal(web.ended(), undefined, web.errors().slice(-2_000))
  })

  test('[HO1] memory returns to where it was, and the server works as before', async () => {
    await send({ method: 'DELETE', path: `${maps}/victim` })
    await eventually(async () => {
      for (let i = 0; i < 20; i++) assert.equal(await send({ method: 'GET', path: `${maps}?limit=1` }), 200)
      const used = await metric('nodejs_heap_size_used_bytes')
      assert.ok(used < mib(130), `${Math.round(used / mib(1))} MiB of the heap are still in use`)
    })
    assert.equal(await send({ body: map('after') }), 201)
    assert.equal(await send({ method: 'DELETE', path: `${maps}/after` }), 200)
    assert.equal(web.ended(), undefined)
    await agent.close()
  })
})
