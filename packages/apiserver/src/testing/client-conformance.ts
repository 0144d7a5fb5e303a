import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import {
  configMaps,
  deployments,
  namespaces,
  nodes,
  pods,
  serviceAccounts,
  type ConfigMap,
  type Deployment,
  type Pod,
} from '@quarterdeck/api'
import { isApiError, type StatusReason } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import { deployment, pod } from './requests.ts'

const namespace = 'default'
const key = (name: string) => ({ namespace, name })
const configMap = (name: string, data: Record<string, string> = {}) => ({ metadata: { name, namespace }, data }) as ConfigMap
const podOf = (name: string) => ({ ...pod(name), metadata: { name, namespace, labels: { app: name } } }) as unknown as Pod
const deploymentOf = (name: string) => ({ ...deployment(name), metadata: { name, namespace } }) as unknown as Deployment

const failsWith = (reason: StatusReason, says: RegExp = /./) => ({
  name: 'ApiError',
  reason,
  message: says,
})

/** What every transport of the Client must do, whichever way it reaches the API: the same answers and the same errors. */
export function clientConformance(transport: string, open: () => Promise<{ client: Client; close(): Promise<void> }>): void {
  describe(`[CL1] the client ${transport}`, () => {
    let client: Client
    let close: () => Promise<void>
    before(async () => {
      ;({ client, close } = await open())
    })
    after(() => close())

    test('creates, reads, lists and counts on in pages', async () => {
      for (const name of ['a', 'b', 'c']) await client.create(configMaps, configMap(name, { name }))
      assert.deepEqual((await client.get(configMaps, key('a'))).data, { name: 'a' })
      const first = await client.list(configMaps, { namespace, limit: 2 })
      assert.deepEqual([first.items.length, first.metadata.remainingItemCount], [2, 1])
      const rest = await client.list(configMaps, { namespace, limit: 2, continue: first.metadata.continue ?? '' })
      assert.deepEqual([rest.items.map((item) => item.metadata.name), rest.metadata.continue], [['c'], undefined])
      assert.deepEqual((await client.list(configMaps, { namespace, fieldSelector: 'metadata.name=b' })).items.length, 1)
    })

    test('makes names, and says which of its wishes cannot be', async () => {
      const made = await client.create(configMaps, { metadata: { generateName: 'g-', namespace } })
      assert.match(made.metadata.name, /^g-.{5}$/)
      await assert.rejects(client.create(configMaps, configMap('a')), failsWith('AlreadyExists', /configmaps "a" already exists/))
      await assert.rejects(client.create(configMaps, configMap('Not_Valid')), failsWith('Invalid', /ConfigMap "Not_Valid" is invalid/))
      await assert.rejects(client.get(configMaps, key('none')), failsWith('NotFound', /configmaps "none" not found/))
      await assert.rejects(
        client.create(configMaps, { ...configMap('x'), nonsense: 1 } as ConfigMap),
        failsWith('BadRequest', /unknown field "nonsense"/),
      )
      await assert.rejects(client.list(configMaps, { labelSelector: '(' }), failsWith('BadRequest', /requirement/))
    })

    test('replaces what has not changed meanwhile', async () => {
      const old = await client.create(configMaps, configMap('up'))
      const next = await client.update(configMaps, { ...old, data: { a: '1' } })
      assert.notEqual(next.metadata.resourceVersion, old.metadata.resourceVersion)
      await assert.rejects(client.update(configMaps, { ...old, data: { a: '2' } }), failsWith('Conflict', /has been modified/))
      assert.deepEqual((await client.update(configMaps, next, { dryRun: true })).data, { a: '1' })
    })

    test('patches in each of three ways', async () => {
      await client.create(configMaps, configMap('patched', { a: '1', b: '2' }))
      await client.patch(configMaps, key('patched'), { data: { a: null } }, { type: 'merge' })
      await client.patch(configMaps, key('patched'), [{ op: 'add', path: '/data/c', value: '3' }], { type: 'json' })
      const last = await client.patch(configMaps, key('patched'), { data: { d: '4' } }, { type: 'strategic' })
      assert.deepEqual(last.data, { b: '2', c: '3', d: '4' })
      await assert.rejects(client.patch(configMaps, key('patched'), [{ op: 'remove', path: '/x' }], { type: 'json' }), failsWith('Invalid'))
      await assert.rejects(client.patch(configMaps, key('patched'), 'x', { type: 'merge' }), failsWith('BadRequest', /patch/))
    })

    test('writes a status apart from the rest', async () => {
      const made = await client.create(pods, podOf('st'))
      const status = { ...made.status, phase: 'Running' }
      const reported = await client.update(pods, { ...made, spec: { ...made.spec, nodeName: 'n' }, status }, { subresource: 'status' })
      assert.deepEqual([reported.status.phase, reported.spec.nodeName], ['Running', undefined])
      const patched = await client.patch(pods, key('st'), { status: { message: 'm' } }, { type: 'merge', subresource: 'status' })
      assert.equal(patched.status.message, 'm')
    })

    test('scales by a Scale, and is answered with one', async () => {
      await client.create(deployments, deploymentOf('scaled'))
      const answer: unknown = await client.patch(
        deployments,
        key('scaled'),
        { spec: { replicas: 5 } },
        { type: 'merge', subresource: 'scale' },
      )
      assert.deepEqual(kindOf(answer), 'Scale')
      assert.deepEqual(kindOf(await client.getSubresource(deployments, key('scaled'), 'scale')), 'Scale')
      assert.equal((await client.get(deployments, key('scaled'))).spec.replicas, 5)
      const negative = client.patch(deployments, key('scaled'), { spec: { replicas: -1 } }, { type: 'merge', subresource: 'scale' })
      await assert.rejects(negative, failsWith('Invalid', /Scale.autoscaling "scaled" is invalid: spec.replicas/))
    })

    test('binds, evicts and asks for tokens', async () => {
      await client.create(pods, podOf('bound'))
      const bind = () => client.createSubresource(pods, key('bound'), 'binding', { target: { kind: 'Node', name: 'n' } })
      assert.deepEqual(kindOf(await bind()), 'Status')
      assert.equal((await client.get(pods, key('bound'))).spec.nodeName, 'n')
      await assert.rejects(bind(), failsWith('Conflict', /already assigned to node/))
      assert.deepEqual(kindOf(await client.createSubresource(serviceAccounts, key('default'), 'token', { spec: {} })), 'TokenRequest')
      assert.deepEqual(kindOf(await client.createSubresource(pods, key('bound'), 'eviction', { metadata: { name: 'bound' } })), 'Status')
    })

    test('refuses a subresource that there is not, and a verb that one does not answer', async () => {
      await assert.rejects(
        client.getSubresource(configMaps, key('a'), 'scale'),
        failsWith('NotFound', /could not find the requested resource/),
      )
      await assert.rejects(client.createSubresource(pods, key('bound'), 'nonsense', {}), failsWith('NotFound', /nonsense/))
      await assert.rejects(client.update(configMaps, configMap('a'), { subresource: 'status' }), failsWith('NotFound', /status/))
      await assert.rejects(client.getSubresource(pods, key('bound'), 'binding'), failsWith('MethodNotAllowed'))
      await assert.rejects(client.patch(pods, key('bound'), {}, { type: 'merge', subresource: 'eviction' }), failsWith('MethodNotAllowed'))
    })

    test('deletes at once, after a grace period, or all together', async () => {
      assert.equal(await client.delete(configMaps, key('a')), undefined)
      await assert.rejects(client.delete(configMaps, key('a')), failsWith('NotFound'))
      assert.equal(await client.delete(configMaps, key('b'), { dryRun: true }), undefined)
      assert.equal((await client.get(configMaps, key('b'))).metadata.name, 'b')
      await client.create(pods, podOf('slow'))
      await client.createSubresource(pods, key('slow'), 'binding', { target: { name: 'n' } })
      const pending = await client.delete(pods, key('slow'))
      assert.equal(pending?.metadata.deletionGracePeriodSeconds, 30)
      const other = client.delete(configMaps, key('b'), { preconditions: { uid: 'other' } })
      await assert.rejects(other, failsWith('Conflict', /Precondition failed: UID/))
      await client.deleteCollection(configMaps, { namespace })
      assert.equal((await client.list(configMaps, { namespace })).items.filter(({ data }) => data).length, 0)
    })

    test('watches from the state on, and from a revision', async () => {
      const stop = new AbortController()
      const seen: string[] = []
      const events = client.watch(nodes, { signal: stop.signal, sendInitialEvents: true, allowWatchBookmarks: true })
      const watching = (async () => {
        for await (const event of events) {
          seen.push(event.type === 'BOOKMARK' ? 'synced' : `${event.type} ${event.object.metadata.name}`)
          if (seen.at(-1) === 'synced') await client.create(nodes, { metadata: { name: 'w' } } as never)
          if (seen.at(-1) === 'ADDED w') await client.delete(nodes, { namespace: '', name: 'w' })
          if (seen.at(-1) === 'DELETED w') stop.abort()
        }
      })()
      await watching
      assert.deepEqual(seen.filter((text) => text !== 'synced').slice(-2), ['ADDED w', 'DELETED w'])
      const wrong = client.watch(nodes, { signal: new AbortController().signal, labelSelector: '(' })
      await assert.rejects(wrong[Symbol.asyncIterator]().next(), failsWith('BadRequest'))
    })

    test('knows kinds of cluster scope', async () => {
      const made = await client.create(namespaces, { metadata: { name: 'other' } } as never)
      assert.equal(made.metadata.namespace, undefined)
      assert.ok(isApiError(await client.get(namespaces, { namespace: '', name: 'none' }).catch((error: unknown) => error), 'NotFound'))
    })
  })
}

const kindOf = (value: unknown): unknown => (value as { kind?: unknown }).kind
