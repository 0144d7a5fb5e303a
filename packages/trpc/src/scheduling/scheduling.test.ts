import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { pods } from '@quarterdeck/api'
import { forbidden } from '@quarterdeck/api-machinery'
import { TRPCError } from '@trpc/server'

import { openTestDeck } from '../testing.ts'

const steps = [{ action: 'drain' as const, node: 'n1' }]

async function openDeck(t: TestContext) {
  const deck = await openTestDeck()
  t.after(() => deck.close())
  await deck.client.create(pods, {
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
    status: {},
  })
  return deck
}

const failsWith = (code: TRPCError['code'], message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof TRPCError)
  assert.equal(error.code, code)
  assert.match(error.message, message)
  return true
}

test('[DB11] [DB12] without a worker that leads there is no answer, and it says so', async (t) => {
  const { api } = await openDeck(t)
  await assert.rejects(api.scheduling.explain({ namespace: 'default', name: 'p' }), failsWith('SERVICE_UNAVAILABLE', /no worker leads/))
  await assert.rejects(api.scheduling.whatIf({ steps }), failsWith('SERVICE_UNAVAILABLE', /no worker leads/))
})

test('[DB11] a pod that the scheduler has not tried is explained by nothing, and the page asked for is passed on', async (t) => {
  const { api, server } = await openDeck(t)
  const asked: string[] = []
  server.worker.get = (path) => {
    asked.push(path.slice(path.indexOf('?')))
    return Promise.resolve({ status: 404, text: 'not found' })
  }
  assert.equal(await api.scheduling.explain({ namespace: 'default', name: 'p', search: 'n', limit: 5 }), null)
  assert.deepEqual(asked, ['?offset=0&limit=5&search=n&changes=false'])
})

test('[DB12] what the worker refuses is refused with its words, and a question that makes no sense before it is asked', async (t) => {
  const { api, server } = await openDeck(t)
  server.worker.post = () => Promise.resolve({ status: 404, text: 'nodes "n1" not found' })
  await assert.rejects(api.scheduling.whatIf({ steps }), failsWith('NOT_FOUND', /nodes "n1" not found/))
  server.worker.post = () => assert.fail('it was asked')
  const daemons = { action: 'scale', kind: 'DaemonSet', namespace: 'a', name: 'b', replicas: 1 } as unknown as (typeof steps)[number]
  for (const wrong of [[], [daemons]]) await assert.rejects(api.scheduling.whatIf({ steps: wrong }), failsWith('BAD_REQUEST', /steps/))
})

test('[DB12] who may not read all nodes and pods gets no answer', async (t) => {
  const { api, server } = await openDeck(t)
  server.worker.post = () => assert.fail('it was asked')
  for (const resource of ['nodes', 'pods']) {
    server.core.authorize = async (request) => {
      if (request.kind.resource === resource) throw forbidden({ group: '', resource }, '', 'not for you')
    }
    await assert.rejects(api.scheduling.whatIf({ steps }), failsWith('FORBIDDEN', /not for you/))
  }
})
