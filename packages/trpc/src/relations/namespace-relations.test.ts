import assert from 'node:assert/strict'
import { test } from 'node:test'

import { configMaps, deployments, namespaces } from '@quarterdeck/api'

import { openTestDeck } from '../testing.ts'

test('[DB14] a namespace leads to what is in it, workloads first, all of which goes with it', async (t) => {
  const deck = await openTestDeck()
  t.after(() => deck.close())
  await deck.client.create(namespaces, { metadata: { name: 'shop' }, spec: {}, status: {} })
  for (const name of ['a', 'b']) await deck.client.create(configMaps, { metadata: { name, namespace: 'shop' } })
  const labels = { app: 'web' }
  await deck.client.create(deployments, {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } } },
    status: {},
  })
  const groups = await deck.api.objects.related({ apiVersion: 'v1', plural: 'namespaces', namespace: '', name: 'shop' })
  const lines = groups.map(({ title, total, onDelete }) => `${title} ${total} ${onDelete}`)
  assert.deepEqual(lines.slice(0, 2), ['Deployments 1 deleted', 'Config maps 2 deleted'])
})
