import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import { configMaps, type ConfigMap } from '@quarterdeck/api'
import { ApiError } from '@quarterdeck/api-machinery'

import { createInformer, type CacheChange } from './informer.ts'
import { FakeClock, scriptedClient, settle } from './testing/index.ts'

const configMap = (name: string, revision: number, uid = `uid-${name}`): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', uid, resourceVersion: String(revision), creationTimestamp: '2026-01-01T00:00:00Z' },
})

const listOf = (revision: number, ...items: ConfigMap[]) => ({ items, metadata: { resourceVersion: String(revision) } })

function start(t: TestContext) {
  const script = scriptedClient()
  const clock = new FakeClock()
  const stop = new AbortController()
  t.after(() => stop.abort())
  const seen: string[] = []
  const begin = () => {
    const informer = createInformer(script.client, configMaps, { signal: stop.signal, clock, random: () => 0 })
    informer.onChange((change: CacheChange<ConfigMap>) => {
      seen.push(`${change.type} ${change.object.metadata.name}@${change.object.metadata.resourceVersion}`)
    })
    return informer
  }
  return { ...script, clock, stop, seen, begin }
}

describe('informer', () => {
  test('[CR1] lists first, then watches from the revision of the list', async (t) => {
    const { lists, watches, seen, begin } = start(t)
    lists.push(listOf(7, configMap('a', 3)))
    const informer = begin()
    await informer.synced()
    await settle()
    assert.equal(watches[0]?.options.resourceVersion, '7')
    watches[0]?.send({ type: 'MODIFIED', object: configMap('a', 8) }, { type: 'ADDED', object: configMap('b', 9) })
    await settle()
    assert.deepEqual(seen, ['added a@3', 'updated a@8', 'added b@9'])
    assert.equal(informer.revision, 9)
    assert.equal(informer.get('default/a')?.metadata.resourceVersion, '8')
  })

  test('[CR2] a broken watch resumes after the last event or bookmark, without a list', async (t) => {
    const { lists, watches, clock, begin } = start(t)
    lists.push(listOf(7))
    await begin().synced()
    await settle()
    watches[0]?.send({ type: 'ADDED', object: configMap('a', 8) }, { type: 'BOOKMARK', object: { metadata: { resourceVersion: '20' } } })
    await settle()
    watches[0]?.end(new Error('connection reset'))
    await clock.advance(1000)
    assert.equal(watches[1]?.options.resourceVersion, '20')
  })

  test('[CR3] after Expired everything is listed again and the difference is announced', async (t) => {
    const { lists, watches, clock, seen, begin } = start(t)
    lists.push(listOf(7, configMap('gone', 1), configMap('same', 2), configMap('changed', 3), configMap('replaced', 4)))
    await begin().synced()
    await settle()
    seen.length = 0
    lists.push(listOf(50, configMap('same', 2), configMap('changed', 30), configMap('replaced', 40, 'another'), configMap('new', 45)))
    watches[0]?.end(new ApiError('Expired', 'too old resource version'))
    await clock.advance(1000)
    assert.deepEqual(seen, ['deleted gone@1', 'updated changed@30', 'deleted replaced@4', 'added replaced@40', 'added new@45'])
    assert.equal(watches[1]?.options.resourceVersion, '50')
  })

  test('[CR4] a failing list is retried until it succeeds', async (t) => {
    const { lists, clock, begin } = start(t)
    lists.push(new ApiError('ServiceUnavailable', 'no'), new ApiError('ServiceUnavailable', 'no'), listOf(3, configMap('a', 1)))
    const informer = begin()
    await clock.advance(60_000)
    assert.equal(informer.hasSynced, true)
    assert.equal(informer.size, 1)
  })

  test('[CR5] a silent watch is opened anew', async (t) => {
    const { lists, watches, clock, begin } = start(t)
    lists.push(listOf(7))
    await begin().synced()
    await settle()
    await clock.advance(301_000)
    assert.equal(watches.length, 2)
    assert.equal(watches[1]?.options.resourceVersion, '7')
  })

  test('[CR6] a handler that throws does not disturb the others', async (t) => {
    const { lists, watches, seen, stop, clock, client } = start(t)
    lists.push(listOf(7))
    const informer = createInformer(client, configMaps, { signal: stop.signal, clock })
    informer.onChange(() => {
      throw new Error('poisoned')
    })
    informer.onChange((change) => seen.push(change.type))
    await informer.synced()
    await settle()
    watches[0]?.send({ type: 'ADDED', object: configMap('a', 8) })
    await settle()
    assert.deepEqual(seen, ['added'])
  })

  test('[CR7] a handler added late is told of what is cached', async (t) => {
    const { lists, begin } = start(t)
    lists.push(listOf(7, configMap('a', 3)))
    const informer = begin()
    await informer.synced()
    const seen: string[] = []
    informer.onChange((change) => seen.push(`${change.type} ${change.object.metadata.name}`))
    assert.deepEqual(seen, ['added a'])
  })

  test('finds objects by controller and by named index, and forgets what moved', async (t) => {
    const { lists, watches, begin } = start(t)
    const owned = (revision: number, uid: string): ConfigMap => {
      const object = configMap('a', revision)
      object.metadata.ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'o', uid, controller: true }]
      return object
    }
    const owner = (uid: string): ConfigMap => configMap('o', 1, uid)
    lists.push(listOf(7, owned(3, 'u1')))
    const informer = begin()
    informer.addIndex('revision', (object) => [object.metadata.resourceVersion])
    await informer.synced()
    assert.equal(informer.ownedBy(owner('u1')).length, 1)
    await settle()
    watches[0]?.send({ type: 'MODIFIED', object: owned(8, 'u2') })
    await settle()
    assert.equal(informer.ownedBy(owner('u1')).length, 0)
    assert.equal(informer.ownedBy(owner('u2')).length, 1)
    assert.equal(informer.byIndex('revision', '3').length, 0)
    assert.equal(informer.byIndex('revision', '8').length, 1)
  })
})
