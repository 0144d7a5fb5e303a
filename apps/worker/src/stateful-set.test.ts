import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import { endpointSlices, events, persistentVolumeClaims, pods, services, statefulSets, type Pod, type StatefulSet } from '@quarterdeck/api'
import { keyOf, type Draft } from '@quarterdeck/api-machinery'

import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster, type TestCluster } from './testing/test-cluster.ts'

const key = { namespace: 'default', name: 'web' }

function draftOf(spec: Partial<StatefulSet['spec']> = {}): Draft<StatefulSet> {
  return {
    metadata: { ...key },
    spec: {
      replicas: 3,
      serviceName: 'web',
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
      ...spec,
    },
    status: { replicas: 0 },
  }
}

async function clusterOf(t: TestContext, spec: Partial<StatefulSet['spec']> = {}) {
  const cluster = await startCluster(t)
  const kubelet = await startKubelet(cluster.client, 'n1', { signal: cluster.signal })
  cluster.startWorker()
  await cluster.client.create(statefulSets, draftOf(spec))
  return { cluster, kubelet }
}

const settled = (cluster: TestCluster, replicas: number, what = `${replicas} pods of the newest template`): Promise<StatefulSet> =>
  cluster.eventually(what, async () => {
    const set = await cluster.client.get(statefulSets, key)
    const { status, metadata } = set
    const isSettled =
      status.observedGeneration === metadata.generation &&
      [status.replicas, status.readyReplicas ?? 0, status.updatedReplicas ?? 0].every((count) => count === replicas) &&
      status.currentRevision === status.updateRevision
    return isSettled && set
  })

async function podsOf({ client }: TestCluster): Promise<Pod[]> {
  const { items } = await client.list(pods, { namespace: 'default' })
  return items.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
}
const namesOf = async (cluster: TestCluster): Promise<string[]> => (await podsOf(cluster)).map(({ metadata }) => metadata.name)
const imagesOf = async (cluster: TestCluster): Promise<string[]> =>
  (await podsOf(cluster)).map(({ spec }) => spec.containers[0]?.image ?? '')
const setImage = ({ client }: TestCluster, image: string): Promise<StatefulSet> =>
  client.patch(statefulSets, key, { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } }, { type: 'strategic' })

describe('a StatefulSet in a cluster', () => {
  test('[SS10] [SS11] makes its pods one after the other, each with its name', async (t) => {
    const { cluster } = await clusterOf(t)
    await settled(cluster, 3)
    const found = await podsOf(cluster)
    assert.deepEqual(
      found.map(({ metadata, spec }) => [metadata.name, spec.hostname, spec.subdomain, metadata.labels?.['apps.kubernetes.io/pod-index']]),
      [0, 1, 2].map((i) => [`web-${i}`, `web-${i}`, 'web', String(i)]),
    )
    const born = found.map(({ metadata }) => Number(metadata.uid && metadata.creationTimestamp && Date.parse(metadata.creationTimestamp)))
    assert.deepEqual(
      born,
      born.toSorted((a, b) => a - b),
    )
  })

  test('[SS20] moves its pods to a new template and back', async (t) => {
    const { cluster } = await clusterOf(t, { podManagementPolicy: 'Parallel' })
    const before = await settled(cluster, 3)
    await setImage(cluster, 'v2')
    await settled(cluster, 3)
    assert.deepEqual(await imagesOf(cluster), ['v2', 'v2', 'v2'])
    await setImage(cluster, 'v1')
    const after = await settled(cluster, 3)
    assert.equal(after.status.updateRevision, before.status.updateRevision)
    assert.deepEqual(await imagesOf(cluster), ['v1', 'v1', 'v1'])
  })

  test('[SS21] leaves the pods below the partition as they are, even when they come back', async (t) => {
    const { cluster } = await clusterOf(t)
    await settled(cluster, 3)
    await cluster.client.patch(
      statefulSets,
      key,
      { spec: { updateStrategy: { rollingUpdate: { partition: 2 } }, template: { spec: { containers: [{ name: 'c', image: 'v2' }] } } } },
      { type: 'strategic' },
    )
    const isPartly = async (): Promise<boolean> => (await imagesOf(cluster)).join() === 'v1,v1,v2'
    await cluster.eventually('one updated pod', isPartly)
    const lost = await cluster.client.get(pods, { ...key, name: 'web-0' })
    await cluster.client.delete(pods, keyOf(lost))
    await cluster.eventually('another web-0', async () => {
      const found = (await podsOf(cluster))[0]
      return found?.metadata.name === 'web-0' && found.metadata.uid !== lost.metadata.uid && (await isPartly())
    })
  })

  test('[SS24] a broken update stays where it is until the template is mended and the broken pod deleted', async (t) => {
    const { cluster, kubelet } = await clusterOf(t)
    kubelet.broken.add('bad')
    await settled(cluster, 3)
    await setImage(cluster, 'bad')
    await cluster.eventually('a broken pod', async () => (await imagesOf(cluster)).join() === 'v1,v1,bad')
    await setImage(cluster, 'v3')
    await cluster.eventually('the new template to be seen', async () => {
      const { status, metadata } = await cluster.client.get(statefulSets, key)
      return status.observedGeneration === metadata.generation
    })
    assert.deepEqual(await imagesOf(cluster), ['v1', 'v1', 'bad'])
    await cluster.client.delete(pods, { ...key, name: 'web-2' })
    await settled(cluster, 3)
    assert.deepEqual(await imagesOf(cluster), ['v3', 'v3', 'v3'])
  })

  test('[SS12] scales down from the highest ordinal, and counts from where it is told', async (t) => {
    const { cluster } = await clusterOf(t, { ordinals: { start: 5 } })
    await settled(cluster, 3)
    assert.deepEqual(await namesOf(cluster), ['web-5', 'web-6', 'web-7'])
    await cluster.client.patch(statefulSets, key, { spec: { replicas: 1 } }, { type: 'merge' })
    await settled(cluster, 1)
    assert.deepEqual(await namesOf(cluster), ['web-5'])
  })

  test('[SS30] [SS31] claims come before their pods and go as the retention policy says, also after it changed', async (t) => {
    const { cluster } = await clusterOf(t, {
      podManagementPolicy: 'Parallel',
      volumeClaimTemplates: [
        { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      ],
    })
    const claims = async (): Promise<string[]> => {
      const { items } = await cluster.client.list(persistentVolumeClaims, { namespace: 'default' })
      return items.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.name)
    }
    await cluster.eventually('three claims', async () => (await claims()).length === 3 && (await namesOf(cluster)).length === 3)
    const { items } = await cluster.client.list(persistentVolumeClaims, { namespace: 'default' })
    assert.deepEqual(items[0]?.metadata.labels, { app: 'web' })
    assert.equal(items[0]?.metadata.ownerReferences, undefined)

    await cluster.client.patch(
      statefulSets,
      key,
      { spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Delete' } } },
      { type: 'merge' },
    )
    await cluster.eventually('claims that the set owns', async () => {
      const owned = await cluster.client.list(persistentVolumeClaims, { namespace: 'default' })
      return owned.items.every(({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'StatefulSet')
    })
    await cluster.client.patch(statefulSets, key, { spec: { replicas: 1 } }, { type: 'merge' })
    await cluster.eventually('the claims of two pods to go', async () => (await claims()).join() === 'data-web-0')
    await cluster.client.delete(statefulSets, key, { propagationPolicy: 'Background' })
    await cluster.eventually('the last claim to go', async () => (await claims()).length === 0)
  })

  test('[SS5] a set whose pods are refused says why, and keeps no other set from its own', async (t) => {
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { priorityClassName: 'missing', containers: [{ name: 'c', image: 'v1' }] },
    }
    const { cluster } = await clusterOf(t, { template, podManagementPolicy: 'Parallel' })
    const eventOf = async (reason: string): Promise<string | undefined> =>
      (await cluster.client.list(events, { namespace: 'default' })).items.find((event) => event.reason === reason)?.message
    const text = await cluster.eventually('a warning', () => eventOf('FailedCreate'))
    assert.match(text, /^Create Pod web-0 in StatefulSet web failed error: .*no PriorityClass with name missing was found/)
    const other = draftOf({
      selector: { matchLabels: { app: 'b' } },
      template: { ...template, metadata: { labels: { app: 'b' } }, spec: { containers: [] } },
    })
    other.metadata.name = 'other'
    other.spec.template.spec!.containers = [{ name: 'c', image: 'v1' }]
    await cluster.client.create(statefulSets, other)
    await cluster.eventually('the pods of another', async () => (await namesOf(cluster)).join() === 'other-0,other-1,other-2')
    assert.equal(
      await cluster.eventually('its events', () => eventOf('SuccessfulCreate')),
      'Create Pod other-0 in StatefulSet other successful',
    )
  })

  test('[SS11] its pods are endpoints of their service by name', async (t) => {
    const { cluster } = await clusterOf(t)
    await cluster.client.create(services, {
      metadata: { ...key },
      spec: { clusterIP: 'None', selector: { app: 'web' }, ports: [{ port: 80 }] },
      status: {},
    })
    await cluster.eventually('three names', async () => {
      const { items } = await cluster.client.list(endpointSlices, { namespace: 'default', labelSelector: 'kubernetes.io/service-name=web' })
      const names = items.flatMap(({ endpoints }) => (endpoints ?? []).map(({ hostname }) => hostname ?? ''))
      return names.toSorted().join() === 'web-0,web-1,web-2'
    })
  })
})
