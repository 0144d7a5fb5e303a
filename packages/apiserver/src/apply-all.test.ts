import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { configMaps, namespaces } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'

import { ApplyError } from './apply-all.ts'
import { startRestServer, type RestServer } from './testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const admin = { name: 'admin', groups: ['system:masters'] }
const apply = (objects: unknown[], dryRun = false) =>
  server.api.applyAll(
    admin,
    objects.map((object) => ({ object })),
    { dryRun, client: 'test' },
  )
const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
const configMap = (namespaceName: string, name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: namespaceName },
  data,
})

describe('applying several objects', () => {
  test('[T1] one document at fault keeps all from being stored', async () => {
    const bad = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 't1' }, spec: {} }
    const failure = await apply([namespace('t1'), bad, { kind: 'Nothing', apiVersion: 'v1', metadata: { name: 'x' } }]).catch(
      (error: unknown) => error,
    )
    assert.ok(failure instanceof ApplyError)
    assert.deepEqual(
      failure.failures.map((f) => f.index),
      [1, 2],
    )
    assert.match(failure.failures[0]!.error.message, /spec.containers: Required value/)
    await assert.rejects(server.client.get(namespaces, { namespace: '', name: 't1' }), (error) => isApiError(error, 'NotFound'))
  })

  test('[T2] a namespace may come with what is in it', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 't2' },
      spec: { containers: [{ name: 'c', image: 'x:1' }] },
    }
    const applied = await apply([namespace('t2'), configMap('t2', 'a', { k: '1' }), pod])
    assert.deepEqual(
      applied.map((a) => a.action),
      ['created', 'created', 'created'],
    )
    assert.ok(applied[1]!.after.metadata.resourceVersion)
    assert.deepEqual(
      (await apply([namespace('t2'), configMap('t2', 'a', { k: '1' })])).map((a) => a.action),
      ['unchanged', 'unchanged'],
    )
  })

  test('[T3] what an apply leaves out is removed, what others set stays', async () => {
    await apply([namespace('t3'), configMap('t3', 'a', { mine: '1', gone: '2' })])
    await server.client.patch(configMaps, { namespace: 't3', name: 'a' }, { data: { theirs: '3' } }, { type: 'merge' })
    const applied = (await apply([configMap('t3', 'a', { mine: '4' })]))[0]!
    assert.equal(applied.action, 'configured')
    assert.deepEqual((applied.after as { data?: object }).data, { mine: '4', theirs: '3' })
  })

  test('a dry run shows what would be stored and stores nothing', async () => {
    const preview = (await apply([namespace('t4')], true))[0]!
    assert.equal((preview.after as { status?: { phase?: string } }).status?.phase, 'Active')
    await assert.rejects(server.client.get(namespaces, { namespace: '', name: 't4' }), (error) => isApiError(error, 'NotFound'))
  })

  test('an object named twice is refused', async () => {
    await assert.rejects(apply([namespace('t5'), namespace('t5')]), /already in document 1/)
  })
})
