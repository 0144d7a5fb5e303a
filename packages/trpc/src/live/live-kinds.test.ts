import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { deployments, jobs, persistentVolumeClaims, pods, replicaSets, storageClasses, type Kind, type Pod } from '@quarterdeck/api'
import type { Draft, KubeObject, OwnerReference } from '@quarterdeck/api-machinery'

import type { Inspection } from '../objects/inspect.ts'
import { openTestDeck } from '../testing.ts'
import type { WindowMessage } from './window.ts'

const namespace = 'default'
const spec = {
  replicas: 2,
  selector: { matchLabels: { app: 'web' } },
  template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'web:2' }] } },
}
const waiting = { state: { waiting: { reason: 'ErrImagePull', message: 'manifest unknown' } } }

async function openShop(t: TestContext) {
  const deck = await openTestDeck()
  t.after(() => deck.close())
  const { client } = deck
  const ownedBy = ({ apiVersion, kind, metadata: { name, uid } }: KubeObject): OwnerReference => ({
    apiVersion,
    kind,
    name,
    uid,
    controller: true,
  })
  const make = (kind: Kind, metadata: object, body: object = {}): Promise<KubeObject> =>
    client.create<KubeObject>(kind, { metadata: { name: '', namespace, ...metadata }, ...body })
  const setStatus = (kind: Kind, name: string, status: object): Promise<unknown> =>
    client.patch(kind, { namespace, name }, { status }, { type: 'merge', subresource: 'status' })
  const makeSet = async (owner: KubeObject, revision: number): Promise<KubeObject> => {
    const labels = { app: 'web', 'pod-template-hash': `h${revision}` }
    const annotations = { 'deployment.kubernetes.io/revision': String(revision) }
    const template = { ...spec.template, metadata: { labels } }
    return make(
      replicaSets,
      { name: `web-${revision}`, annotations, ownerReferences: [ownedBy(owner)] },
      { spec: { ...spec, selector: { matchLabels: labels }, template } },
    )
  }
  const makePod = async (owner: KubeObject, name: string, status: object): Promise<void> => {
    await make(pods, { name, ownerReferences: [ownedBy(owner)] }, { spec: { nodeName: 'n', containers: spec.template.spec.containers } })
    await setPod(name, status)
  }
  const setPod = (name: string, status: object): Promise<unknown> =>
    setStatus(pods, name, {
      phase: 'Pending',
      containerStatuses: [{ name: 'app', image: 'web:2', imageID: '', ready: false, restartCount: 0, ...status }],
    } satisfies Partial<Pod['status']>)
  return { ...deck, make, makeSet, makePod, setPod, setStatus }
}

test('[DB25] the row of a Deployment follows the pods of its newest ReplicaSet', async (t) => {
  const deck = await openShop(t)
  const owner = await deck.make(deployments, { name: 'web' }, { spec })
  await deck.setStatus(deployments, 'web', { replicas: 3, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 })
  const [former, newest] = [await deck.makeSet(owner, 1), await deck.makeSet(owner, 2)]
  await deck.makePod(former, 'old', waiting)
  const window = await deck.api.objects.window({ apiVersion: 'apps/v1', plural: 'deployments', query: {}, offset: 0, limit: 5 })
  const seen: string[] = []
  const steps = [
    () => deck.makePod(newest, 'new', waiting),
    () => deck.setPod('new', { state: { waiting: { reason: 'ContainerCreating' } } }),
    () => deck.setPod('new', { restartCount: 1, state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }),
    () => deck.client.delete(pods, { namespace, name: 'new' }, { gracePeriodSeconds: 0 }),
  ]
  for await (const message of window as AsyncIterable<WindowMessage>) {
    for (const { state, cells } of message.rows) {
      assert.equal(cells[0], state?.text, 'the cell is the state')
      seen.push(state?.text ?? '')
    }
    assert.deepEqual(
      message.states.map(({ text, count }) => [text, count]),
      [[seen.at(-1), 1]],
    )
    const step = steps.shift()
    if (!step) break
    await step()
  }
  assert.deepEqual(seen, ['Rolling out', 'Image not found', 'Rolling out', 'OOMKilled', 'Rolling out'])
})

test('[DB25] the page of an object and what is related to it show the same state as lists', async (t) => {
  const deck = await openShop(t)
  const job = await deck.make(jobs, { name: 'load' }, { spec: { template: { spec: { ...spec.template.spec, restartPolicy: 'Never' } } } })
  await deck.setStatus(jobs, 'load', { active: 1, startTime: '2026-01-01T00:00:00Z' })
  await deck.makePod(job, 'load-1', waiting)
  const inspect = async (apiVersion: string, plural: string, name: string): Promise<Inspection> => {
    const messages = (await deck.api.objects.inspect({ apiVersion, plural, namespace, name })) as AsyncIterable<Inspection>
    for await (const message of messages) return message
    return assert.fail('it said nothing')
  }
  assert.equal((await inspect('batch/v1', 'jobs', 'load')).state?.text, 'Image not found')
  const { related } = await inspect('v1', 'pods', 'load-1')
  assert.equal(related?.find(({ title }) => title === 'Owned by')?.items[0]?.state?.text, 'Image not found')
})

test('[DB25] a claim that waits follows its StorageClass', async (t) => {
  const deck = await openShop(t)
  await deck.make(
    persistentVolumeClaims,
    { name: 'data' },
    { spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  )
  const claims = { apiVersion: 'v1', plural: 'persistentvolumeclaims', query: {}, offset: 0, limit: 5 }
  const seen: string[] = []
  for await (const { rows } of (await deck.api.objects.window(claims)) as AsyncIterable<WindowMessage>) {
    seen.push(...rows.map(({ state }) => `${state?.text}: ${state?.reason}`))
    if (seen.length > 1) break
    await deck.client.create(storageClasses, { metadata: { name: 'fast' }, provisioner: 'p' } as Draft<KubeObject>)
  }
  assert.deepEqual(seen, [
    'StorageClass missing: the StorageClass fast does not exist',
    'Pending: it waits for a volume of the StorageClass fast',
  ])
})
