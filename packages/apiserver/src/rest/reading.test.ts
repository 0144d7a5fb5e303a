import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { configMap, isStatus } from '../testing/requests.ts'
import { startRestServer, type Answer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
let other: RestServer | undefined
after(async () => {
  await other?.close()
  await server.close()
})

const create = (path: string, body: unknown): Promise<Answer> => server.call('POST', path, { body })

describe('reading', () => {
  before(async () => {
    await create('/api/v1/namespaces', { metadata: { name: 'reading' } })
    await Promise.all(
      Array.from({ length: 25 }, (_, i) =>
        create('/api/v1/namespaces/reading/configmaps', {
          metadata: { name: `cm-${String(i).padStart(2, '0')}`, labels: { half: i % 2 ? 'odd' : 'even' } },
        }),
      ),
    )
  })
  const path = '/api/v1/namespaces/reading/configmaps'

  test('[R1] a list is in order and has a revision', async () => {
    const { json } = await server.call('GET', path)
    const names = json.items.map((i: { metadata: { name: string } }) => i.metadata.name)
    assert.deepEqual(names, names.toSorted())
    assert.equal(json.kind, 'ConfigMapList')
    assert.match(json.metadata.resourceVersion, /^\d+$/)
  })

  test('[R2] pages are of one snapshot', async () => {
    const first = await server.call('GET', `${path}?limit=10`)
    assert.equal(first.json.metadata.remainingItemCount, 15)
    await create(path, configMap('zz-late'))
    const second = await server.call('GET', `${path}?limit=10&continue=${first.json.metadata.continue}`)
    const third = await server.call('GET', `${path}?limit=10&continue=${second.json.metadata.continue}`)
    assert.equal(third.json.metadata.continue, undefined)
    assert.equal(first.json.items.length + second.json.items.length + third.json.items.length, 25)
    assert.equal(third.json.metadata.resourceVersion, first.json.metadata.resourceVersion)
    isStatus(await server.call('GET', `${path}?continue=rubbish`), 400, 'BadRequest')
    await server.call('DELETE', `${path}/zz-late`)
  })

  test('[R2] the version of a page is that of its first', async () => {
    const { json } = await server.call('GET', `${path}?limit=10`)
    const next = `${path}?continue=${json.metadata.continue}`
    isStatus(await server.call('GET', `${next}&resourceVersion=1`), 400, 'BadRequest')
    isStatus(await server.call('GET', `${next}&resourceVersionMatch=Exact&resourceVersion=1`), 422, 'Invalid')
  })

  test('[R2] [R7] a list of the recent past is exact, and another server of the store goes on with its pages', async () => {
    const before = (await server.call('GET', `${path}?limit=10`)).json
    const { resourceVersion } = before.metadata
    await create(path, configMap('aa-early'))
    await server.call('DELETE', `${path}/cm-12`)
    await server.call('PATCH', `${path}/cm-13`, {
      body: { data: { new: '1' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    const exact = (await server.call('GET', `${path}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`)).json
    const names = exact.items.map((item: { metadata: { name: string } }) => item.metadata.name)
    assert.deepEqual(
      names,
      [...Array(25).keys()].map((i) => `cm-${String(i).padStart(2, '0')}`),
    )
    assert.equal(exact.items[13].data, undefined)
    assert.equal(exact.metadata.resourceVersion, resourceVersion)

    other = await startRestServer(server.api.core.store)
    const next = (await other.call('GET', `${path}?limit=10&continue=${before.metadata.continue}`)).json
    assert.deepEqual(next.items, exact.items.slice(10, 20))
    await server.call('DELETE', `${path}/aa-early`)
    await create(path, { metadata: { name: 'cm-12', labels: { half: 'even' } } })
  })

  test('[R6] versions that no list can be of are Invalid', async () => {
    for (const query of ['resourceVersionMatch=Exact', 'resourceVersion=0&resourceVersionMatch=Exact', 'sendInitialEvents=true']) {
      const answer = await server.call('GET', `${path}?${query}`)
      isStatus(answer, 422, 'Invalid')
      assert.match(answer.json.message, /^ListOptions\.meta\.k8s\.io "" is invalid: \w+: Forbidden: /)
    }
    isStatus(await server.call('GET', `${path}?resourceVersion=1&resourceVersionMatch=Roughly`), 422, 'Invalid')
    isStatus(await server.call('GET', `${path}?watch=true&sendInitialEvents=true`), 422, 'Invalid')
  })

  test('[R3] an unknown field is named in the words of its kind', async () => {
    const messageOf = async (of: string) => (await server.call('GET', `${of}?fieldSelector=data.x%3D1`)).json.message
    assert.equal(await messageOf(path), '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"')
    assert.equal(await messageOf('/api/v1/pods'), 'field label not supported: data.x')
  })

  test('[R5] health is told check by check to those who ask, and pretty JSON is indented', async () => {
    assert.equal((await server.call('GET', '/readyz?verbose')).text, '[+]ping ok\n[+]store ok\nreadyz check passed\n')
    isStatus(await server.call('GET', '/livez/nothing'), 404, 'NotFound')
    assert.match((await server.call('GET', `${path}/cm-00?pretty=true`)).text, /^\{\n  "apiVersion": "v1",\n/)
  })

  test('[R3] events are selected by what they are about, in the words of either group', async () => {
    const about = { kind: 'Pod', namespace: 'default', name: 'p', uid: 'u1' }
    const event = {
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: about,
      reason: 'R',
      type: 'Normal',
      reportingComponent: 'c',
    }
    await server.call('POST', '/api/v1/namespaces/default/events', { body: event })
    for (const [of, fields] of [
      ['/api/v1', 'involvedObject.uid=u1,involvedObject.kind=Pod,reportingComponent=c'],
      ['/apis/events.k8s.io/v1', 'regarding.uid=u1,regarding.kind=Pod,reportingController=c'],
    ]) {
      const count = async (selector: string) =>
        (await server.call('GET', `${of}/events?fieldSelector=${encodeURIComponent(selector)}`)).json.items.length
      assert.equal(await count(fields!), 1)
      assert.equal(await count(fields!.replace('u1', 'u2')), 0)
    }
  })

  test('[R3] selectors filter', async () => {
    assert.equal((await server.call('GET', `${path}?labelSelector=half%3Dodd`)).json.items.length, 12)
    assert.equal((await server.call('GET', `${path}?fieldSelector=metadata.name%3Dcm-03`)).json.items.length, 1)
    isStatus(await server.call('GET', `${path}?fieldSelector=data.x%3D1`), 400, 'BadRequest')
    isStatus(await server.call('GET', `${path}?labelSelector=a%20b`), 400, 'BadRequest')
  })

  test('[R4] tables and metadata are given to those who accept them', async () => {
    const table = await server.call('GET', path, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' } })
    assert.equal(table.json.kind, 'Table')
    assert.deepEqual(table.json.rows[0].cells.slice(0, 2), ['cm-00', 0])
    const partial = await server.call('GET', path, {
      headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
    })
    assert.equal(partial.json.items[0].kind, 'PartialObjectMetadata')
    isStatus(await server.call('GET', path, { headers: { accept: 'text/html' } }), 406, 'NotAcceptable')
    const review = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const spec = { nonResourceAttributes: { path: '/', verb: 'get' } }
    const asTable = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
    isStatus(await server.call('POST', review, { body: { spec }, headers: asTable }), 406, 'NotAcceptable')
    const orPlain = { accept: `${asTable.accept},application/json` }
    assert.equal((await server.call('POST', review, { body: { spec }, headers: orPlain })).json.status.allowed, true)
  })

  test('large answers are compressed for those who accept it', async () => {
    await create(path, configMap('big', { text: 'x'.repeat(300_000) }))
    const { headers } = await server.call('GET', `${path}/big`, { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(headers['content-encoding'], 'gzip')
    await server.call('DELETE', `${path}/big`)
  })
})

test('[WA4] an answer about Endpoints says that they are deprecated', async () => {
  const warning = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"'
  const path = '/api/v1/namespaces/default/endpoints'
  const made = await create(path, { metadata: { name: 'e' } })
  assert.deepEqual([made.status, made.headers['warning']], [201, warning])
  assert.equal((await server.call('GET', path)).headers['warning'], warning)
  assert.equal((await server.call('GET', '/api/v1/namespaces/default/configmaps')).headers['warning'], undefined)
})
