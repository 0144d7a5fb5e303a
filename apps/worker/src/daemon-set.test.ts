import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import { daemonSets, events, nodes, pods, type DaemonSet, type Pod } from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'

import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster, type TestCluster } from './testing/test-cluster.ts'

const key = { namespace: 'default', name: 'agent' }

function draftOf(spec: Partial<DaemonSet['spec']> = {}): Draft<DaemonSet> {
  return {
    metadata: { ...key },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
      ...spec,
    },
    status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  }
}

async function clusterOf(t: TestContext, spec: Partial<DaemonSet['spec']> = {}): Promise<TestCluster> {
  const cluster = await startCluster(t)
  for (const name of ['n1', 'n2', 'n3']) await startKubelet(cluster.client, name, { signal: cluster.signal })
  cluster.startWorker()
  await cluster.client.create(daemonSets, draftOf(spec))
  return cluster
}

const settled = (cluster: TestCluster, count: number): Promise<DaemonSet> =>
  cluster.eventually(`${count} nodes with an available pod of the newest template`, async () => {
    const daemonSet = await cluster.client.get(daemonSets, key)
    const { status, metadata } = daemonSet
    const counts = [status.desiredNumberScheduled, status.currentNumberScheduled, status.updatedNumberScheduled, status.numberAvailable]
    return status.observedGeneration === metadata.generation && counts.every((n) => (n ?? 0) === count) && daemonSet
  })

const podsOf = async ({ client }: TestCluster): Promise<Pod[]> => (await client.list(pods, { namespace: 'default' })).items
const setImage = ({ client }: TestCluster, image: string): Promise<DaemonSet> =>
  client.patch(daemonSets, key, { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } }, { type: 'strategic' })

describe('a DaemonSet in a cluster', () => {
  test('[DS10] [DS12] runs one pod on every node, follows a new one, and leaves one that no longer fits', async (t) => {
    const cluster = await clusterOf(t)
    await settled(cluster, 3)
    await startKubelet(cluster.client, 'n4', { signal: cluster.signal })
    await settled(cluster, 4)
    assert.deepEqual((await podsOf(cluster)).map(({ spec }) => spec.nodeName ?? '').toSorted(), ['n1', 'n2', 'n3', 'n4'])

    await cluster.client.patch(
      nodes,
      { namespace: '', name: 'n2' },
      { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } },
      { type: 'merge' },
    )
    await settled(cluster, 3)
    await cluster.eventually('no pod on the tainted node', async () => (await podsOf(cluster)).every(({ spec }) => spec.nodeName !== 'n2'))
  })

  test('[DS12] runs on a node as soon as it has the label', async (t) => {
    const cluster = await clusterOf(t, {
      template: {
        metadata: { labels: { app: 'agent' } },
        spec: { nodeSelector: { disk: 'ssd' }, containers: [{ name: 'c', image: 'v1' }] },
      },
    })
    await cluster.eventually('a status', async () => (await cluster.client.get(daemonSets, key)).status.observedGeneration)
    await cluster.client.patch(nodes, { namespace: '', name: 'n3' }, { metadata: { labels: { disk: 'ssd' } } }, { type: 'merge' })
    await settled(cluster, 1)
    assert.equal((await podsOf(cluster))[0]?.spec.nodeName, 'n3')
  })

  for (const rollingUpdate of [
    { maxUnavailable: 1, maxSurge: 0 },
    { maxUnavailable: 0, maxSurge: 1 },
  ])
    test(`[DS20] [DS21] moves its pods to a new template and back with ${JSON.stringify(rollingUpdate)}`, async (t) => {
      const cluster = await clusterOf(t, { updateStrategy: { type: 'RollingUpdate', rollingUpdate } })
      await settled(cluster, 3)
      await setImage(cluster, 'v2')
      await settled(cluster, 3)
      await cluster.eventually('only new pods', async () => (await podsOf(cluster)).every(({ spec }) => spec.containers[0]?.image === 'v2'))
      await setImage(cluster, 'v1')
      await settled(cluster, 3)
      await cluster.eventually('only old pods', async () => {
        const found = await podsOf(cluster)
        return found.length === 3 && found.every(({ spec }) => spec.containers[0]?.image === 'v1')
      })
    })

  test('[DS22] with OnDelete a pod is new only once it was deleted', async (t) => {
    const cluster = await clusterOf(t, { updateStrategy: { type: 'OnDelete' } })
    await settled(cluster, 3)
    await setImage(cluster, 'v2')
    const [first] = await podsOf(cluster)
    await cluster.client.delete(pods, { ...key, name: first?.metadata.name ?? '' })
    await cluster.eventually('one new pod', async () => {
      const { status } = await cluster.client.get(daemonSets, key)
      return status.updatedNumberScheduled === 1 && status.numberAvailable === 3
    })
  })

  test('[DS13] a failed pod is replaced, and it says so', async (t) => {
    const cluster = await clusterOf(t)
    await settled(cluster, 3)
    const [failed] = await podsOf(cluster)
    assert.ok(failed)
    await cluster.client.update(
      pods,
      { ...failed, status: { ...failed.status, phase: 'Failed', conditions: [] } },
      { subresource: 'status' },
    )
    await cluster.eventually('another pod', async () =>
      (await podsOf(cluster)).every(({ metadata }) => metadata.uid !== failed.metadata.uid),
    )
    await settled(cluster, 3)
    const { message } = await cluster.eventually('a warning', async () =>
      (await cluster.client.list(events, { namespace: 'default' })).items.find(({ reason }) => reason === 'FailedDaemonPod'),
    )
    const { metadata, spec } = failed
    assert.equal(message, `Found failed daemon pod default/${metadata.name} on node ${spec.nodeName}, will try to kill it`)
  })

  test('[DS11] the pods of a node that is deleted go with it', async (t) => {
    const cluster = await clusterOf(t, { updateStrategy: { type: 'OnDelete' } })
    await settled(cluster, 3)
    await cluster.client.delete(nodes, { namespace: '', name: 'n1' })
    await settled(cluster, 2)
  })
})
