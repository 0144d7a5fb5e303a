import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import {
  configMaps,
  deployments,
  endpoints,
  endpointSlices,
  events,
  leases,
  namespaces,
  nodes,
  pods,
  replicaSets,
  services,
  type Deployment,
} from '@quarterdeck/api'
import { isApiError, type Draft, type ObjectKey } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import { workerLease } from '@quarterdeck/apiserver'
import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster } from './testing/test-cluster.ts'

const webKey: ObjectKey = { namespace: 'default', name: 'web' }

const web = (image: string, replicas = 3, spec: Partial<Deployment['spec']> = {}): Draft<Deployment> => ({
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image, ports: [{ name: 'http', containerPort: 8080 }] }] },
    },
    ...spec,
  },
  status: {},
})

const rollOut = (client: Client, image: string) =>
  client.patch(deployments, webKey, { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } }, { type: 'strategic' })

const isGone = (read: Promise<unknown>): Promise<boolean> =>
  read.then(
    () => false,
    (error: unknown) => {
      if (isApiError(error, 'NotFound')) return true
      throw error
    },
  )

/** `kubectl rollout status`'s idea of done. */
async function isRolledOut(client: Client): Promise<boolean> {
  const { spec, status, metadata } = await client.get(deployments, webKey)
  const wanted = spec.replicas ?? 1
  return (
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    status.updatedReplicas === wanted &&
    status.availableReplicas === wanted &&
    status.replicas === wanted
  )
}

describe('a worker on a cluster', () => {
  test('[DE5] rolls a Deployment out, updates it, rolls it back, scales and deletes it', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker()
    await startKubelet(client, 'n1', { signal: cluster.signal })
    await startKubelet(client, 'n2', { signal: cluster.signal })

    await client.create(deployments, web('v1'))
    await cluster.eventually('the first rollout', () => isRolledOut(client))
    await rollOut(client, 'v2')
    await cluster.eventually('the second rollout', () => isRolledOut(client))
    const images = (await client.list(pods, { namespace: 'default' })).items
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .map(({ spec }) => spec.containers[0]?.image)
    assert.deepEqual(images, ['v2', 'v2', 'v2'])
    await rollOut(client, 'v1')
    await cluster.eventually('the rollback', () => isRolledOut(client))
    const { metadata } = await client.get(deployments, webKey)
    assert.equal(metadata.annotations?.['deployment.kubernetes.io/revision'], '3')
    assert.equal((await client.list(replicaSets, { namespace: 'default' })).items.length, 2)

    await client.patch(deployments, webKey, { spec: { replicas: 5 } }, { type: 'merge' })
    await cluster.eventually('five replicas', () => isRolledOut(client))
    const messages = await cluster.eventually('events', async () => {
      const { items } = await client.list(events, { namespace: 'default' })
      const found = items.filter(({ involvedObject }) => involvedObject.kind === 'Deployment').map(({ message }) => message ?? '')
      return found.some((message) => message.endsWith(' from 3 to 5')) && found
    })
    assert.ok(messages.some((message) => /^Scaled up replica set web-[a-z0-9]+ from 0 to 3$/.test(message)))

    await client.delete(deployments, webKey, { propagationPolicy: 'Background' })
    await cluster.eventually('its ReplicaSets and Pods to go', async () => {
      const [sets, left] = await Promise.all([client.list(replicaSets), client.list(pods, { namespace: 'default' })])
      return sets.items.length + left.items.length === 0
    })
  })

  test('[DE6] a broken rollout leaves the old Pods, and says why it is stuck', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker()
    const kubelet = await startKubelet(client, 'n1', { signal: cluster.signal })
    kubelet.broken.add('bad')
    await client.create(deployments, web('v1', 4, { progressDeadlineSeconds: 2 }))
    await cluster.eventually('the first rollout', () => isRolledOut(client))
    await rollOut(client, 'bad')
    await cluster.eventually('the deadline', async () => {
      const { status } = await client.get(deployments, webKey)
      return status.conditions?.some(({ reason }) => reason === 'ProgressDeadlineExceeded')
    })
    const { status } = await client.get(deployments, webKey)
    assert.equal(status.availableReplicas, 3)
  })

  test('[EP1] [EP10] keeps Endpoints and EndpointSlices of a Service, with its named port', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker()
    await startKubelet(client, 'n1', { signal: cluster.signal })
    await client.create(services, {
      metadata: webKey,
      spec: { selector: { app: 'web' }, ports: [{ name: 'web', port: 80, targetPort: 'http' }] },
      status: {},
    })
    await client.create(deployments, web('v1', 2))
    const subset = await cluster.eventually('two ready addresses', async () => {
      const found = await client.get(endpoints, webKey).catch(() => undefined)
      return found?.subsets?.find(({ addresses }) => addresses?.length === 2)
    })
    assert.deepEqual(subset.ports, [{ name: 'web', port: 8080, protocol: 'TCP' }])
    const slice = await cluster.eventually('a slice of two', async () => {
      const { items } = await client.list(endpointSlices, { namespace: 'default', labelSelector: 'kubernetes.io/service-name=web' })
      return items.find((candidate) => candidate.endpoints?.filter(({ conditions }) => conditions?.ready).length === 2)
    })
    assert.equal(slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'], 'endpointslice-controller.k8s.io')
    await client.delete(services, webKey)
    await cluster.eventually('both to go with the Service', async () => {
      const { items } = await client.list(endpointSlices, { namespace: 'default', labelSelector: 'kubernetes.io/service-name=web' })
      return items.length === 0 && (await isGone(client.get(endpoints, webKey)))
    })
  })

  test('[NS1] [NS2] [NS3] empties a namespace that is deleted, the Pods first, and gives every namespace its account and certificate', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker()
    await startKubelet(client, 'n1', { signal: cluster.signal })
    await client.create(namespaces, { metadata: { name: 'shop' }, spec: {}, status: {} })
    await cluster.eventually('the certificate', async () => {
      const found = await client.get(configMaps, { namespace: 'shop', name: 'kube-root-ca.crt' }).catch(() => undefined)
      return found?.data?.['ca.crt'] === 'PEM'
    })
    const shop = web('v1')
    await client.create(deployments, { ...shop, metadata: { ...shop.metadata, namespace: 'shop' } })
    await client.create(configMaps, { metadata: { name: 'held', namespace: 'shop', finalizers: ['example.com/hold'] }, data: {} })
    await cluster.eventually('running pods', async () => {
      const { items } = await client.list(pods, { namespace: 'shop' })
      return items.filter(({ status }) => status.phase === 'Running').length === 3
    })
    await client.delete(namespaces, { namespace: '', name: 'shop' })
    const message = await cluster.eventually('a word on what is left', async () => {
      const { status } = await client.get(namespaces, { namespace: '', name: 'shop' })
      return status.conditions?.find(({ type, status: truth }) => type === 'NamespaceFinalizersRemaining' && truth === 'True')?.message
    })
    assert.equal(message, 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances')
    await client.patch(configMaps, { namespace: 'shop', name: 'held' }, { metadata: { finalizers: null } }, { type: 'merge' })
    await cluster.eventually('the namespace to go', () => isGone(client.get(namespaces, { namespace: '', name: 'shop' })))
    assert.equal((await client.list(pods, { namespace: 'shop' })).items.length, 0)
  })

  test('[GC3] [GC4] deletes in the foreground, the dependents before the owner, and orphans when asked', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker()
    const owner = await client.create(configMaps, { metadata: { name: 'owner', namespace: 'default' } })
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid, blockOwnerDeletion: true }
    const key = (name: string): ObjectKey => ({ namespace: 'default', name })
    await client.create(configMaps, {
      metadata: { ...key('dependent'), ownerReferences: [reference], finalizers: ['example.com/hold'] },
    })
    await client.delete(configMaps, key('owner'), { propagationPolicy: 'Foreground' })
    await cluster.eventually('the dependent to be deleted', async () =>
      Boolean((await client.get(configMaps, key('dependent'))).metadata.deletionTimestamp),
    )
    assert.ok((await client.get(configMaps, key('owner'))).metadata.deletionTimestamp)
    await client.patch(configMaps, key('dependent'), { metadata: { finalizers: null } }, { type: 'merge' })
    await cluster.eventually('the owner to go', () => isGone(client.get(configMaps, key('owner'))))

    const second = await client.create(configMaps, { metadata: key('second') })
    await client.create(configMaps, {
      metadata: { ...key('orphan'), ownerReferences: [{ ...reference, name: 'second', uid: second.metadata.uid }] },
    })
    await client.delete(configMaps, key('second'), { propagationPolicy: 'Orphan' })
    await cluster.eventually('the second to go', () => isGone(client.get(configMaps, key('second'))))
    assert.deepEqual((await client.get(configMaps, key('orphan'))).metadata.ownerReferences ?? [], [])
  })

  test('[GC1] [GC2] [GC5] deletes what has lost its last owner, and says when an owner is in another namespace', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    const key = (name: string, namespace = 'default'): ObjectKey => ({ namespace, name })
    const referenceTo = (name: string, uid: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid })
    const make = (name: string, owners: { name: string; uid: string }[] = [], namespace = 'default') =>
      client.create(configMaps, {
        metadata: { ...key(name, namespace), ownerReferences: owners.map((owner) => referenceTo(owner.name, owner.uid)) },
      })
    const [a, b, foreign] = [await make('a'), await make('b'), await make('foreign', [], 'kube-public')]
    const owner = ({ metadata: { name, uid } }: typeof a) => ({ name, uid })
    await make('of-both', [owner(a), owner(b)])
    await make('of-a', [owner(a)])
    await make('never-had', [{ name: 'ghost', uid: 'no-such-uid' }])
    await client.create(configMaps, {
      metadata: { ...key('unknown-kind'), ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Thing', name: 'x', uid: 'x' }] },
    })
    await client.delete(configMaps, key('a'), { propagationPolicy: 'Background' })
    cluster.startWorker()
    await cluster.eventually('what is without owners to go', async () => {
      const gone = await Promise.all(['of-a', 'never-had'].map((name) => isGone(client.get(configMaps, key(name)))))
      return gone.every(Boolean)
    })
    await cluster.eventually('only b to own the rest', async () => {
      const { metadata } = await client.get(configMaps, key('of-both'))
      return metadata.ownerReferences?.map(({ name }) => name).join() === 'b'
    })
    await client.get(configMaps, key('unknown-kind'))

    await make('misled', [owner(foreign)])
    await cluster.eventually('the event', async () =>
      (await client.list(events, { namespace: 'default' })).items.some(({ reason }) => reason === 'OwnerRefInvalidNamespace'),
    )
    await cluster.eventually('the misled one to go', () => isGone(client.get(configMaps, key('misled'))))
  })

  test('[SC2] [SC4] a Pod that fits nowhere is told why, and runs once there is room', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker()
    await startKubelet(client, 'small', { signal: cluster.signal, allocatable: { cpu: '1400m' } })
    const key = { namespace: 'default', name: 'big' }
    const pod = await client.create(pods, {
      metadata: key,
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '2' } } }] },
      status: {},
    })
    const condition = await cluster.eventually('the condition', async () =>
      (await client.get(pods, key)).status.conditions?.find(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable'),
    )
    assert.equal(
      condition.message,
      '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    )
    const explained = await cluster.scheduler.questions?.explain(pod.metadata.uid)
    assert.equal(explained?.state === 'pending' && explained.nodes[0]?.rejections[0]?.detail, 'needs 2 CPU; 1.4 CPU free of 1.4 CPU')
    await cluster.eventually('the event', async () =>
      (await client.list(events, { namespace: 'default' })).items.some(({ reason }) => reason === 'FailedScheduling'),
    )
    await startKubelet(client, 'large', { signal: cluster.signal })
    await cluster.eventually('it to run', async () => {
      const { spec, status } = await client.get(pods, key)
      return spec.nodeName === 'large' && status.phase === 'Running'
    })
    assert.equal((await cluster.scheduler.questions?.explain(pod.metadata.uid))?.state, 'placed')
  })

  test('[NL2] [NL10] [NL20] Pods leave a node that is silent, and every node has a Pod range of its own', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker({ controllers: { nodeHealth: { graceMs: 1500, startupGraceMs: 1500 } } })
    const doomed = await startKubelet(client, 'n1', { signal: cluster.signal })
    const deployment = web('v1', 2)
    Object.assign(deployment.spec.template.spec ?? {}, {
      tolerations: ['not-ready', 'unreachable'].map((name) => ({
        key: `node.kubernetes.io/${name}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 1,
      })),
    })
    await client.create(deployments, deployment)
    await cluster.eventually('the rollout on n1', () => isRolledOut(client))
    await startKubelet(client, 'n2', { signal: cluster.signal })
    await startKubelet(client, 'n3', { signal: cluster.signal })
    const ranges = await cluster.eventually('ranges', async () => {
      const found = (await client.list(nodes)).items.map(({ spec }) => spec.podCIDR)
      return found.every(Boolean) && found
    })
    assert.deepEqual(new Set(ranges), new Set(['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24']))
    doomed.die()
    await cluster.eventually('n1 to be unknown and tainted', async () => {
      const { status, spec } = await client.get(nodes, { namespace: '', name: 'n1' })
      const isUnknown = status.conditions?.some((c) => c.type === 'Ready' && c.status === 'Unknown' && c.reason === 'NodeStatusUnknown')
      return isUnknown && spec.taints?.some(({ key, effect }) => key === 'node.kubernetes.io/unreachable' && effect === 'NoExecute')
    })
    await cluster.eventually('two Pods on the others', async () => {
      const { items } = await client.list(pods, { namespace: 'default' })
      const moved = items.filter(({ metadata, spec }) => !metadata.deletionTimestamp && spec.nodeName !== 'n1')
      return moved.filter(({ status }) => status.phase === 'Running').length === 2
    })
    await client.delete(nodes, { namespace: '', name: 'n1' })
  })

  test('[LE3] a second worker takes over at once when the first stops', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    const stopFirst = cluster.startWorker()
    await startKubelet(client, 'n1', { signal: cluster.signal })
    const first = await cluster.eventually(
      'a leader',
      async () => (await client.get(leases, workerLease).catch(() => undefined))?.spec.holderIdentity,
    )
    cluster.startWorker()
    await client.create(deployments, web('v1'))
    await cluster.eventually('the rollout', () => isRolledOut(client))
    await stopFirst()
    await rollOut(client, 'v2')
    await cluster.eventually('the rollout under the second', () => isRolledOut(client))
    const second = (await client.get(leases, workerLease)).spec.holderIdentity
    assert.ok(second && second !== first)
  })
})
