import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'

import { deployments, nodes, podDisruptionBudgets, pods, type Deployment, type Pod } from '@quarterdeck/api'
import { isApiError, type Draft } from '@quarterdeck/api-machinery'
import { controllerManager, createRestHandler, textOf, workerAddressAnnotation } from '@quarterdeck/apiserver'
import type { PendingExplanation, PlacedExplanation } from '@quarterdeck/scheduler'
import type { WhatIfAnswer } from '@quarterdeck/what-if'

import { createMetrics } from './metrics.ts'
import { startStatusServer } from './status-server.ts'
import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster, type TestCluster } from './testing/test-cluster.ts'

const keyOf = (name: string) => ({ namespace: 'default', name })

const pod = (name: string, cpu: string, spec: Partial<Pod['spec']> = {}): Draft<Pod> => ({
  metadata: keyOf(name),
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }], ...spec },
  status: {},
})

interface AskableCluster extends TestCluster {
  /** GET through the REST handler. */
  get(path: string): Promise<{ status: number; body: unknown }>
  whatIf(...steps: object[]): Promise<WhatIfAnswer>
}

/** A cluster whose worker answers questions, and whose server asks it. */
async function startAskable(t: TestContext): Promise<AskableCluster> {
  const cluster = await startCluster(t)
  const { server } = cluster
  const rest = createRestHandler({ server, authenticate: async () => controllerManager })
  const web = createServer(rest.handle).listen(0, '127.0.0.1')
  await once(web, 'listening')
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${(web.address() as AddressInfo).port}${path}`)
    return { status: answer.status, body: await answer.json() }
  }
  t.after(() => {
    web.closeAllConnections()
    web.close()
  })
  assert.equal((await get('/api/v1/namespaces/default/pods/none/scheduling')).status, 404)
  await server.clientFor(controllerManager, 'test').create(pods, pod('early', '1'))
  const early = await get('/api/v1/namespaces/default/pods/early/scheduling')
  assert.deepEqual([early.status, (early.body as { reason: string }).reason], [503, 'ServiceUnavailable'], 'no worker leads yet')
  await server.clientFor(controllerManager, 'test').delete(pods, keyOf('early'), { gracePeriodSeconds: 0 })
  const status = await startStatusServer(0, {
    authority: server.identity.authority,
    metrics: createMetrics(),
    get scheduler() {
      return cluster.scheduler
    },
    kinds: () => server.core.registry.kinds,
  })
  t.after(() => status.close())
  cluster.startWorker({ annotations: { [workerAddressAnnotation]: status.addresses.at(-1) ?? '' } })
  const whatIf = async (...steps: object[]) => JSON.parse(textOf(await server.worker.post('/what-if', { steps }))) as WhatIfAnswer
  return Object.assign(Object.create(cluster) as TestCluster, { get, whatIf })
}

const isOn =
  ({ client }: TestCluster, name: string) =>
  async () =>
    (await client.get(pods, keyOf(name))).spec.nodeName

async function explainPending(cluster: AskableCluster, name: string, query = ''): Promise<PendingExplanation> {
  return cluster.eventually(`${name} to be explained`, async () => {
    const { status, body } = await cluster.get(`/api/v1/namespaces/default/pods/${name}/scheduling${query}`)
    return status === 200 && (body as PendingExplanation).state === 'pending' ? (body as PendingExplanation) : undefined
  })
}

test('[SC27] what is suggested for a pending pod lets it run, when it is done', async (t) => {
  const cluster = await startAskable(t)
  const { client } = cluster
  for (const name of ['n1', 'n2']) await startKubelet(client, name, { signal: cluster.signal, allocatable: { cpu: '2' } })
  await client.create(pods, pod('small', '600m', { nodeSelector: { 'kubernetes.io/hostname': 'n1' } }))
  await client.create(pods, pod('other', '1', { nodeSelector: { 'kubernetes.io/hostname': 'n2' } }))
  await cluster.eventually('both to be placed', async () => (await isOn(cluster, 'small')()) && (await isOn(cluster, 'other')()))

  await client.create(pods, pod('big', '2'))
  const { changes = [], nodes: verdicts, matching } = await explainPending(cluster, 'big')
  assert.deepEqual(changes[0], {
    changes: [{ of: 'pod', text: "lower the Pod's cpu request from 2 to 1400m" }],
    nodeCount: 1,
    nodes: ['n1'],
  })
  assert.equal(matching, 2)
  assert.deepEqual(
    verdicts.map(({ node, rejections }) => `${node}: ${rejections[0]?.detail}`),
    ['n1: needs 2 CPU; 1.4 CPU free of 2 CPU', 'n2: needs 2 CPU; 1 CPU free of 2 CPU'],
  )
  await client.create(pods, pod('smaller', '1400m'))
  assert.equal(await cluster.eventually('the smaller one to be placed', isOn(cluster, 'smaller')), 'n1')

  await client.create(pods, pod('picky', '100m', { nodeSelector: { disk: 'ssd' } }))
  const picky = await explainPending(cluster, 'picky')
  const label = picky.changes?.find(({ changes: [first] }) => first?.of === 'node')
  assert.equal(label?.changes[0]?.text, 'give node n2 the label disk=ssd', 'n1 is full')
  await client.patch(nodes, { namespace: '', name: 'n2' }, { metadata: { labels: { disk: 'ssd' } } }, { type: 'merge' })
  assert.equal(await cluster.eventually('the picky one to be placed', isOn(cluster, 'picky')), 'n2')
})

test('[SC2] every node of a pending pod can be reached by paging and searching, and odd questions are refused', async (t) => {
  const cluster = await startAskable(t)
  const { client } = cluster
  for (let i = 0; i < 5; i++) await startKubelet(client, `n${i}`, { signal: cluster.signal, allocatable: { cpu: '1' } })
  await client.patch(nodes, { namespace: '', name: 'n3' }, { spec: { unschedulable: true } }, { type: 'merge' })
  await client.create(pods, pod('big', '2'))
  const page = await explainPending(cluster, 'big', '?offset=3&limit=10&changes=false')
  assert.deepEqual([page.matching, page.nodes.map(({ node }) => node), page.changes], [5, ['n3', 'n4'], undefined])
  const found = await explainPending(cluster, 'big', '?search=n4&changes=false')
  assert.deepEqual([found.matching, found.nodes.map(({ node }) => node)], [1, ['n4']])
  const cordoned = await cluster.eventually('the cordon to be seen', async () => {
    const seen = await explainPending(cluster, 'big', '?plugin=NodeUnschedulable&changes=false')
    return seen.matching > 0 && seen
  })
  assert.deepEqual(
    cordoned.nodes.map(({ node }) => node),
    ['n3'],
  )
  assert.equal((await cluster.get('/api/v1/namespaces/default/pods/big/scheduling?limit=x')).status, 400)
})

test('[SC33] a placed pod has the scores of its node and the best others', async (t) => {
  const cluster = await startAskable(t)
  const { client } = cluster
  for (const [name, cpu] of [
    ['large', '8'],
    ['small', '2'],
    ['tiny', '100m'],
  ] as const)
    await startKubelet(client, name, { signal: cluster.signal, allocatable: { cpu } })
  await client.create(pods, pod('p', '1'))
  await cluster.eventually('it to be placed', isOn(cluster, 'p'))
  const scores = (await cluster.get('/api/v1/namespaces/default/pods/p/scheduling')).body as PlacedExplanation
  assert.deepEqual(
    [scores.state, scores.basis, scores.node, scores.place, scores.nodeCount, scores.feasible],
    ['placed', 'now', 'large', 1, 3, 2],
  )
  assert.deepEqual(scores.rejected, [{ plugin: 'NodeResourcesFit', reasons: ['Insufficient cpu'], nodes: 1 }])
  assert.deepEqual(
    scores.nodes.map(({ node }) => node),
    ['large', 'small'],
  )
  for (const { total, scores: parts } of scores.nodes)
    assert.equal(
      total,
      parts.reduce((sum, { score, weight }) => sum + score * weight, 0),
    )
})

const web = (replicas: number, cpu: string): Draft<Deployment> => ({
  metadata: keyOf('web'),
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }], terminationGracePeriodSeconds: 0 },
    },
  },
  status: {},
})

async function webPods({ client }: TestCluster): Promise<Pod[]> {
  return (await client.list(pods, { namespace: 'default', labelSelector: 'app=web' })).items.filter(
    ({ metadata }) => !metadata.deletionTimestamp,
  )
}

test('[SC29] [SC31] what a scale and a drain were said to do is what they do', async (t) => {
  const cluster = await startAskable(t)
  const { client } = cluster
  for (const name of ['n1', 'n2', 'n3']) await startKubelet(client, name, { signal: cluster.signal, allocatable: { cpu: '3' } })
  await client.create(deployments, web(3, '1'))
  const spread = async (): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {}
    for (const { spec } of await webPods(cluster)) counts[spec.nodeName ?? 'waiting'] = (counts[spec.nodeName ?? 'waiting'] ?? 0) + 1
    return counts
  }
  const ready = (count: number) => async () => (await client.get(deployments, keyOf('web'))).status.readyReplicas === count
  await cluster.eventually('three to be ready', ready(3))

  const scaled = await cluster.whatIf({ action: 'scale', kind: 'Deployment', namespace: 'default', name: 'web', replicas: 10 })
  assert.deepEqual([scaled.counts.landed, scaled.counts.stuck], [6, 1])
  assert.match(scaled.stuck[0]?.message ?? '', /^0\/3 nodes are available: 3 Insufficient cpu\./)
  assert.equal((await client.get(deployments, keyOf('web'))).spec.replicas, 3, 'nothing was done')
  await client.patch(deployments, keyOf('web'), { spec: { replicas: 10 } }, { type: 'merge' })
  await cluster.eventually('nine to be ready', ready(9))
  assert.deepEqual(await spread(), { n1: 3, n2: 3, n3: 3, waiting: 1 })
  await client.patch(deployments, keyOf('web'), { spec: { replicas: 4 } }, { type: 'merge' })
  await cluster.eventually('four to be left', async () => (await webPods(cluster)).length === 4 && ready(4)())

  await client.create(podDisruptionBudgets, {
    metadata: keyOf('keep'),
    spec: { minAvailable: 4, selector: { matchLabels: { app: 'web' } } },
  })
  const budget = () => client.get(podDisruptionBudgets, keyOf('keep'))
  await cluster.eventually('the budget to be worked out', async () => (await budget()).status?.currentHealthy === 4)
  const first = (await webPods(cluster))[0] ?? assert.fail()
  const node = first.spec.nodeName ?? assert.fail()
  const blocked = await cluster.whatIf({ action: 'drain', node })
  assert.ok(blocked.blocked.some(({ name }) => name === first.metadata.name))
  assert.equal(blocked.blocked[0]?.message, 'the disruption budget keep needs 4 healthy pods and has 4')
  assert.equal(blocked.counts.landed, 0)
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace: 'default', name: first.metadata.name } }
  const evict = () => client.createSubresource(pods, keyOf(first.metadata.name), 'eviction', eviction)
  await assert.rejects(evict(), (error: unknown) => isApiError(error, 'TooManyRequests'))

  await client.patch(podDisruptionBudgets, keyOf('keep'), { spec: { minAvailable: 1 } }, { type: 'merge' })
  await cluster.eventually('the budget to allow it', async () => ((await budget()).status?.disruptionsAllowed ?? 0) >= 3)
  const free = await cluster.eventually('the worker to have seen it', async () => {
    const answer = await cluster.whatIf({ action: 'drain', node })
    return answer.counts.blocked === 0 && answer
  })
  const leaving = (await webPods(cluster)).filter(({ spec }) => spec.nodeName === node)
  assert.deepEqual([free.counts.landed, free.counts.stuck], [leaving.length, 0])
  await client.patch(nodes, { namespace: '', name: node }, { spec: { unschedulable: true } }, { type: 'merge' })
  for (const { metadata } of leaving) {
    const own = { ...eviction, metadata: { namespace: 'default', name: metadata.name } }
    await cluster.eventually('it to be evicted', () =>
      client.createSubresource(pods, keyOf(metadata.name), 'eviction', own).then(
        () => true,
        () => false,
      ),
    )
  }
  await cluster.eventually('four elsewhere', async () => {
    const now = await spread()
    return now[node] === undefined && (await webPods(cluster)).length === 4 && ready(4)()
  })
  const after = Object.fromEntries(free.nodes.map((use) => [use.node, use.after.pods]))
  for (const [name, count] of Object.entries(after)) assert.equal((await spread())[name] ?? 0, count, `pods on ${name}`)
})
