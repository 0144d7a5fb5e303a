import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { configMaps } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import type { WatchEvent, WatchOptions } from '@quarterdeck/client'
import type { ConfigMap } from '@quarterdeck/api'

import { startRestServer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const draft = (name: string, labels: Record<string, string> = {}) => ({ metadata: { name, namespace: 'default', labels } })

/** Reads events until `count` have come. */
async function collect(
  options: Omit<WatchOptions, 'signal'>,
  count: number,
  during: () => Promise<void> = async () => {},
): Promise<WatchEvent<ConfigMap>[]> {
  const abort = new AbortController()
  const events: WatchEvent<ConfigMap>[] = []
  const reading = (async () => {
    for await (const event of server.client.watch(configMaps, { ...options, namespace: 'default', signal: abort.signal })) {
      events.push(event)
      if (events.length === count) abort.abort()
    }
  })()
  await during()
  await reading
  return events
}

const summary = (events: WatchEvent<ConfigMap>[]): string[] => events.map((e) => `${e.type} ${(e.object as ConfigMap).metadata.name ?? ''}`)

describe('watching', () => {
  test('[W1] a watch from a revision gives what came after it', async () => {
    const { metadata } = await server.client.create(configMaps, draft('w1-a'))
    const second = await server.client.create(configMaps, draft('w1-b'))
    await server.client.patch(configMaps, { namespace: 'default', name: 'w1-a' }, { data: { x: '1' } }, { type: 'merge' })
    await server.client.delete(configMaps, { namespace: 'default', name: 'w1-b' })
    assert.deepEqual(summary(await collect({ resourceVersion: metadata.resourceVersion }, 3)), [
      'ADDED w1-b',
      'MODIFIED w1-a',
      'DELETED w1-b',
    ])
    assert.deepEqual(summary(await collect({ resourceVersion: second.metadata.resourceVersion }, 2)), ['MODIFIED w1-a', 'DELETED w1-b'])
    await server.client.delete(configMaps, { namespace: 'default', name: 'w1-a' })
  })

  test('[W2] a watch without a revision begins with the state', async () => {
    await server.client.create(configMaps, draft('w2', { set: 'w2' }))
    const events = await collect({ labelSelector: 'set=w2' }, 2, async () => {
      await server.client.create(configMaps, draft('w2-b', { set: 'w2' }))
    })
    assert.deepEqual(summary(events), ['ADDED w2', 'ADDED w2-b'])
  })

  test('[W3] the initial state ends in a bookmark', async () => {
    await server.client.create(configMaps, draft('w3', { set: 'w3' }))
    const events = await collect({ labelSelector: 'set=w3', sendInitialEvents: true, allowWatchBookmarks: true }, 2)
    assert.equal(events[1]?.type, 'BOOKMARK')
    assert.equal(events[1]?.object.metadata.annotations?.['k8s.io/initial-events-end'], 'true')
  })

  test('[W6] a state of any size is given whole', async () => {
    const large = '/api/v1/namespaces/large/configmaps'
    await server.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'large' } } })
    const data = { text: 'x'.repeat(1_000_000) }
    for (let i = 0; i < 24; i++) await server.call('POST', large, { body: { metadata: { name: `large-${i}` }, data } })
    const options = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=3'
    const { text } = await server.call('GET', `${large}?${options}`)
    const types = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type)
    assert.deepEqual(types.slice(0, 25), [...Array<string>(24).fill('ADDED'), 'BOOKMARK'])
  })

  test('[W4] objects come and go as they match', async () => {
    const { metadata } = await server.client.create(configMaps, draft('w4'))
    const label = (value: string | null) =>
      server.client.patch(configMaps, { namespace: 'default', name: 'w4' }, { metadata: { labels: { w4: value } } }, { type: 'merge' })
    await label('in')
    await server.client.patch(configMaps, { namespace: 'default', name: 'w4' }, { data: { a: '1' } }, { type: 'merge' })
    await label(null)
    const events = await collect({ labelSelector: 'w4=in', resourceVersion: metadata.resourceVersion }, 3)
    assert.deepEqual(
      events.map((e) => e.type),
      ['ADDED', 'MODIFIED', 'DELETED'],
    )
  })

  test('[W5] a watch from a compacted revision is Expired', async () => {
    const { metadata } = await server.client.create(configMaps, draft('w5'))
    for (let i = 0; i < 3; i++)
      await server.client.patch(configMaps, { namespace: 'default', name: 'w5' }, { data: { i: String(i) } }, { type: 'merge' })
    await server.api.core.store.compact(new Date(Date.now() + 60_000))
    const compacted = await server.api.core.store.compactedRevision()
    if (compacted <= Number(metadata.resourceVersion)) return assert.fail('nothing was compacted')
    await assert.rejects(collect({ resourceVersion: '1' }, 1), (error) => isApiError(error, 'Expired'))
  })
})
