import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import {
  deviceClasses,
  events,
  nodes,
  pods,
  resourceClaimFinalizer,
  resourceClaims,
  resourceClaimTemplates,
  type Pod,
  type ResourceClaim,
  type V1AllocationResult,
} from '@quarterdeck/api'
import { keyOf } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { runControllers } from '@quarterdeck/controller-runtime'
import { claimReleaseController, createGarbageCollector, podClaimsController } from '@quarterdeck/controllers'

import { eventually } from './testing/eventually.ts'
import { mortalClient, type Death } from './testing/mortal-client.ts'
import { startCluster } from './testing/test-cluster.ts'

const namespace = 'default'
const spec = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] } }
const result = { request: 'gpu', driver: 'd.example.com', pool: 'p', device: 'd0' }
const onNode = (...names: string[]): V1AllocationResult => ({
  devices: { results: [result] },
  nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: names }] }] },
})
const containers = [{ name: 'c', image: 'i' }]
const fromTemplate = (name: string) => ({ name, resourceClaimTemplateName: 'gpu' })

const addTemplate = (client: Client): Promise<unknown> =>
  client.create(resourceClaimTemplates, { metadata: { name: 'gpu', namespace }, spec: { spec } })
const addPod = (client: Client, name: string, claims: Pod['spec']['resourceClaims']): Promise<Pod> =>
  client.create(pods, { metadata: { name, namespace }, spec: { containers, resourceClaims: claims }, status: {} })
const claimsOf = async (client: Client): Promise<ResourceClaim[]> => (await client.list(resourceClaims, { namespace })).items
const podNamed = (client: Client, name: string): Promise<Pod> => client.get(pods, { namespace, name })

async function allocate(client: Client, claim: ResourceClaim, allocation: V1AllocationResult = onNode('ssd')): Promise<void> {
  const metadata = { ...claim.metadata, finalizers: [resourceClaimFinalizer] }
  const kept = await client.update(resourceClaims, { ...claim, metadata })
  await client.update(resourceClaims, { ...kept, status: { ...kept.status, allocation } }, { subresource: 'status' })
}

async function end(client: Client, name: string): Promise<void> {
  const pod = await podNamed(client, name)
  await client.update(pods, { ...pod, status: { ...pod.status, phase: 'Succeeded' } }, { subresource: 'status' })
}

async function startWithNodes(t: TestContext) {
  const cluster = await startCluster(t)
  const { client } = cluster
  for (const name of ['ssd', 'hdd'])
    await client.create(nodes, {
      metadata: { name, labels: { disk: name } },
      spec: {},
      status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' }, conditions: [{ type: 'Ready', status: 'True' }] },
    })
  await client.create(deviceClasses, { metadata: { name: 'gpu' }, spec: {} })
  cluster.startWorker()
  return { ...cluster, client }
}

const whyPending = async (client: Client, name: string): Promise<string> =>
  (await podNamed(client, name)).status.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? ''

describe('claims to devices', () => {
  test('[RC1] [SC30] a pod gets its claim of a template, waits until a driver gives it devices, and runs where they are', async (t) => {
    const { client } = await startWithNodes(t)
    await addTemplate(client)
    await addPod(client, 'web', [fromTemplate('accelerator')])
    const claim = await eventually('the claim', async () => (await claimsOf(client))[0])
    assert.deepEqual(claim.spec.devices?.requests?.[0]?.exactly?.count, 1)
    await eventually('the pod to know it', async () => {
      const { resourceClaimStatuses = [] } = (await podNamed(client, 'web')).status
      return resourceClaimStatuses[0]?.resourceClaimName === claim.metadata.name
    })
    await eventually('the pod to say what it waits for', async () =>
      (await whyPending(client, 'web')).includes('2 cannot allocate all claims'),
    )
    await allocate(client, claim)
    const pod = await eventually('the pod to be bound', async () => {
      const found = await podNamed(client, 'web')
      return found.spec.nodeName ? found : undefined
    })
    assert.equal(pod.spec.nodeName, 'ssd')
    const [reserved] = await claimsOf(client)
    assert.deepEqual(reserved?.status.reservedFor, [{ resource: 'pods', name: 'web', uid: pod.metadata.uid }])

    await end(client, 'web')
    await eventually('[RC3] the claim to be gone', async () => (await claimsOf(client)).length === 0)
  })

  test('[RC2] a template that is missing is told, and used once it is there', async (t) => {
    const { client } = await startWithNodes(t)
    await addPod(client, 'web', [fromTemplate('gpu')])
    const message = 'PodResourceClaim gpu: resource claim template "gpu": resourceclaimtemplate.resource.k8s.io "gpu" not found'
    await eventually('the event', async () =>
      (await client.list(events, { namespace })).items.some(
        (event) => event.reason === 'FailedResourceClaimCreation' && event.message === message && event.type === 'Warning',
      ),
    )
    await eventually('the condition', async () => (await whyPending(client, 'web')) === 'pod "default/web": ResourceClaim not created yet')
    await addTemplate(client)
    await eventually('the claim', async () => (await claimsOf(client)).length === 1)
  })

  test('[RC3] a claim that pods share is given back when the last of them ends', async (t) => {
    const { client } = await startWithNodes(t)
    const named = [{ name: 'gpu', resourceClaimName: 'shared' }]
    const names = ['a', 'b', 'c']
    await Promise.all(names.map((name) => addPod(client, name, named)))
    await eventually('the condition', async () => (await whyPending(client, 'a')) === 'could not find ResourceClaim "default/shared"')
    await allocate(client, await client.create(resourceClaims, { metadata: { name: 'shared', namespace }, spec, status: {} }))
    const shared = (): Promise<ResourceClaim> => client.get(resourceClaims, { namespace, name: 'shared' })
    await eventually('all to be bound', async () =>
      (await client.list(pods, { namespace })).items.every((pod) => pod.spec.nodeName === 'ssd'),
    )
    assert.deepEqual((await shared()).status.reservedFor?.map(({ name }) => name).toSorted(), names)

    await client.delete(pods, { namespace, name: 'a' }, { gracePeriodSeconds: 0 })
    await end(client, 'b')
    await eventually('two to be out', async () => (await shared()).status.reservedFor?.length === 1)
    assert.ok((await shared()).status.allocation)
    await end(client, 'c')
    await eventually('the devices to be given back', async () => {
      const { status, metadata } = await shared()
      return !status.allocation && !status.reservedFor?.length && !metadata.finalizers?.length
    })
  })

  test('[RC4] a pod that came to its node without the scheduler has its claim reserved', async (t) => {
    const { client } = await startWithNodes(t)
    const claim = await client.create(resourceClaims, { metadata: { name: 'mine', namespace }, spec, status: {} })
    await client.create(pods, {
      metadata: { name: 'placed', namespace },
      spec: { containers, nodeName: 'hdd', resourceClaims: [{ name: 'gpu', resourceClaimName: 'mine' }] },
      status: {},
    })
    await allocate(client, claim)
    await eventually('the reservation', async () => (await claimsOf(client))[0]?.status.reservedFor?.[0]?.name === 'placed')
  })
})

/** A pod with two claims comes, gets devices, and ends, under a worker that may die once and is then followed by another. */
async function play(t: TestContext, death: Death | undefined): Promise<number> {
  const { client, server } = await startCluster(t)
  const stop = new AbortController()
  t.after(() => stop.abort())
  const first = mortalClient(client, death)
  const controllers = [podClaimsController, claimReleaseController, createGarbageCollector(() => server.core.registry.kinds)]
  const run = (through: Client, signal: AbortSignal): void => void runControllers({ controllers, client: through, signal })
  run(first.client, AbortSignal.any([first.signal, stop.signal]))
  first.signal.addEventListener('abort', () => void first.settled().then(() => run(client, stop.signal)))

  await addTemplate(client)
  const pod = await addPod(client, 'web', [fromTemplate('a'), fromTemplate('b')])
  await client.createSubresource(pods, keyOf(pod), 'binding', { target: { kind: 'Node', name: 'n' } })
  const statuses = await eventually('both claims to be known', async () => {
    const { resourceClaimStatuses = [] } = (await podNamed(client, 'web')).status
    return resourceClaimStatuses.length === 2 ? resourceClaimStatuses : undefined
  })
  const made = await claimsOf(client)
  assert.deepEqual(new Set(made.map(({ metadata }) => metadata.name)), new Set(statuses.map(({ resourceClaimName }) => resourceClaimName)))
  assert.equal(made.length, 2, 'each claim was made once')
  for (const claim of made) await allocate(client, claim)
  const isReserved = ({ status }: ResourceClaim): boolean => status.reservedFor?.length === 1
  await eventually('both to be reserved', async () => (await claimsOf(client)).every(isReserved))
  await end(client, 'web')
  await eventually('both to be gone', async () => (await claimsOf(client)).length === 0)
  return first.writes()
}

describe('[RC5] wherever the worker dies', () => {
  test('claims are made once, reserved, and given back', async (t) => {
    let writes = 0
    await t.test('without a death', async (sub) => {
      writes = await play(sub, undefined)
    })
    assert.ok(writes >= 9, `only ${writes} writes`)
    for (let atWrite = 1; atWrite <= writes; atWrite++)
      for (const is of ['before', 'after'] as const)
        await t.test(`a death ${is} write ${atWrite}`, async (sub) => {
          await play(sub, { atWrite, is })
        })
  })
})
