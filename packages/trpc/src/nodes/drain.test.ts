import assert from 'node:assert/strict'
import { test } from 'node:test'

import { drainFateOf, nodes, podDisruptionBudgets, pods, type Pod } from '@quarterdeck/api'
import type { ObjectKey } from '@quarterdeck/api-machinery'

import { openTestDeck } from '../testing.ts'
import type { DrainProgress } from './drain.ts'

const namespace = 'default'
const replicaSet = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'r', controller: true }]

test('[DB6] a drain tells pods that go from those that stay, lose data, or do not come back', () => {
  const cases: [what: string, pod: object, fate: string][] = [
    ['of a ReplicaSet', { metadata: { ownerReferences: replicaSet } }, 'goes'],
    ['of a DaemonSet', { metadata: { ownerReferences: [{ ...replicaSet[0], kind: 'DaemonSet' }] } }, 'daemon-set'],
    ['from a file', { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } }, 'static'],
    ['of nobody', { metadata: {} }, 'unmanaged'],
    ['of nobody that ended', { metadata: {}, status: { phase: 'Succeeded' } }, 'goes'],
    ['with an emptyDir', { metadata: { ownerReferences: replicaSet }, spec: { volumes: [{ name: 'v', emptyDir: {} }] } }, 'local-data'],
  ]
  for (const [what, parts, fate] of cases)
    assert.equal(drainFateOf({ spec: {}, status: {}, ...parts } as unknown as Pod), fate, `a pod ${what}`)
})

test('[DB6] a drain cordons the node, evicts what may go, and shows what a budget keeps until it may go', async (t) => {
  const deck = await openTestDeck()
  t.after(() => deck.close())
  await deck.client.create(nodes, { metadata: { name: 'n' }, spec: {}, status: {} })
  const make = async (name: string, app: string): Promise<void> => {
    await deck.client.create(pods, {
      metadata: { name, namespace, labels: { app }, ownerReferences: replicaSet },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }], terminationGracePeriodSeconds: 0 },
      status: {},
    })
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
    await deck.client.patch(pods, { namespace, name }, { status }, { type: 'merge', subresource: 'status' })
  }
  await make('free', 'free')
  await make('kept', 'kept')
  const budget: ObjectKey = { namespace, name: 'b' }
  await deck.client.create(podDisruptionBudgets, {
    metadata: budget,
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } },
    status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
  })
  const allow = (disruptionsAllowed: number) =>
    deck.client.patch(
      podDisruptionBudgets,
      budget,
      { status: { observedGeneration: 1, expectedPods: 1, currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed } },
      { type: 'merge', subresource: 'status' },
    )
  await allow(0)
  assert.deepEqual(
    (await deck.api.nodes.drainPreview({ name: 'n' })).pods.map(({ name, fate }) => [name, fate]),
    [
      ['free', 'goes'],
      ['kept', 'goes'],
    ],
  )
  let end: DrainProgress | undefined
  for await (const progress of await deck.api.nodes.drain({ name: 'n' })) {
    end = progress
    const kept = progress.pods.find(({ name }) => name === 'kept')
    if (kept?.step === 'refused' && kept.message) {
      assert.match(kept.message, /b needs 1 healthy pods and has 1/)
      assert.equal(progress.isDone, false)
      await allow(1)
    }
  }
  assert.equal(end?.isDone, true)
  assert.deepEqual(
    end?.pods.map(({ step }) => step),
    ['gone', 'gone'],
  )
  assert.equal((await deck.client.get(nodes, { namespace: '', name: 'n' })).spec?.unschedulable, true)
})

test('[DB6] a drain that would lose data does nothing unless it is told to', async (t) => {
  const deck = await openTestDeck()
  t.after(() => deck.close())
  await deck.client.create(nodes, { metadata: { name: 'n' }, spec: {}, status: {} })
  await deck.client.create(pods, {
    metadata: { name: 'alone', namespace },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
    status: {},
  })
  const drain = await deck.api.nodes.drain({ name: 'n' })
  await assert.rejects(async () => {
    for await (const _ of drain) assert.fail('it began')
  }, /would lose data or not come back: alone/)
  assert.equal((await deck.client.get(nodes, { namespace: '', name: 'n' })).spec?.unschedulable, undefined)
})

test('[DB6] the preview of a drain says which budgets would keep which pods, as What if has it', async (t) => {
  const deck = await openTestDeck()
  t.after(() => deck.close())
  await deck.client.create(nodes, { metadata: { name: 'n' }, spec: {}, status: {} })
  for (const name of ['free', 'kept'])
    await deck.client.create(pods, {
      metadata: { name, namespace, ownerReferences: replicaSet },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
      status: {},
    })
  const asked: unknown[] = []
  const refusal = { budgets: ['web'], message: 'the disruption budget web needs 2 healthy pods and has 2' }
  deck.server.worker.post = (path, question) => {
    asked.push([path, question])
    return Promise.resolve({ status: 200, text: JSON.stringify({ blocked: [{ namespace, name: 'kept', node: 'n', ...refusal }] }) })
  }
  const previewOf = async (withBudgets: boolean) => {
    const { pods: found, budgets } = await deck.api.nodes.drainPreview({ name: 'n', withBudgets })
    return [...found.map(({ name, refusal: kept }) => [name, kept]), budgets]
  }
  assert.deepEqual(await previewOf(false), [['free', undefined], ['kept', undefined], { state: 'not asked' }])
  assert.deepEqual(asked, [])
  assert.deepEqual(await previewOf(true), [['free', undefined], ['kept', refusal], { state: 'asked' }])
  assert.deepEqual(asked, [['/what-if', { steps: [{ action: 'drain', node: 'n' }] }]])
  deck.server.worker.post = () => Promise.resolve({ status: 503, text: 'no worker leads' })
  assert.deepEqual((await previewOf(true)).at(-1), { state: 'unknown', reason: 'no worker leads' })
})
