import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { services } from '@quarterdeck/api'

import { openTestDeck } from '../testing.ts'

let deck: Awaited<ReturnType<typeof openTestDeck>>
before(async () => {
  deck = await openTestDeck()
})
after(() => deck.close())

const target = { apiVersion: 'v1', plural: 'services', namespace: 'default', name: 'web' }

test('[DB13] a change of the status alone is told apart from one that somebody asked for', async () => {
  const service = await deck.client.create(services, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    status: {},
  })
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }
  const reported = await deck.client.update(services, { ...service, status }, { subresource: 'status' })
  await deck.client.update(services, { ...reported, metadata: { ...reported.metadata, labels: { app: 'web' } } })
  const kinds = async (limit: number) =>
    (await deck.api.objects.history({ ...target, limit })).map(({ type, isStatusOnly }) => `${type} ${isStatusOnly}`)
  assert.deepEqual(await kinds(10), ['updated false', 'updated true', 'created false'])
  assert.deepEqual(await kinds(2), ['updated false', 'updated true'], 'the last of a page is compared with the one after it')
})
