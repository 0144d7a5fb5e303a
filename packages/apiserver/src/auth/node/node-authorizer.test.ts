import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import { persistentVolumes, pods, resourceSlices, volumeAttachments } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import { createMemoryStore, type ObjectStore } from '@quarterdeck/storage'

import { ann, attributesOf, nodeUser } from '../testing/attributes.ts'
import { putObject, removeObject, type StoredKind } from '../testing/store-objects.ts'
import { NodeAuthorizer } from './node-authorizer.ts'
import { NodeGraph } from './node-graph.ts'

interface Cluster {
  store: ObjectStore
  put(kind: StoredKind, name: string, parts: object): Promise<void>
  remove(kind: StoredKind, name: string): Promise<void>
  /** Whether node n1 may. */
  may(what: string, selected?: { fields?: string; labels?: string }): Promise<boolean>
  reason(what: string): Promise<string>
}

async function open(t: TestContext): Promise<Cluster> {
  const store = createMemoryStore()
  t.after(() => store.close())
  const graph = new NodeGraph()
  await graph.follow(store)
  const authorizer = new NodeAuthorizer(graph, store)
  const place = (kind: StoredKind): { namespace?: string } => (kind.resource === pods.resource ? { namespace: 'ns' } : {})
  const decide = async (what: string, selected = {}) => authorizer.authorize(attributesOf(what, nodeUser('n1'), selected))
  return {
    store,
    put: (kind, name, parts) => {
      const { metadata = {}, ...rest } = parts as { metadata?: object }
      return putObject(store, kind, { metadata: { name, ...place(kind), ...metadata }, status: {}, ...rest } as unknown as KubeObject)
    },
    remove: (kind, name) => removeObject(store, kind, { name, namespace: place(kind).namespace ?? '' }),
    may: async (what, selected) => (await decide(what, selected)).decision === 'allow',
    reason: async (what) => (await decide(what)).reason,
  }
}

const container = {
  name: 'c',
  env: [
    { name: 'A', valueFrom: { secretKeyRef: { name: 'env-secret', key: 'a' } } },
    { name: 'B', valueFrom: { configMapKeyRef: { name: 'env-map', key: 'b' } } },
  ],
  envFrom: [{ secretRef: { name: 'from-secret' } }, { configMapRef: { name: 'from-map' } }],
}
const spec = {
  nodeName: 'n1',
  serviceAccountName: 'account',
  imagePullSecrets: [{ name: 'pull-secret' }],
  containers: [container],
  ephemeralContainers: [{ name: 'e', env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'debug-secret', key: 'x' } } }] }],
  volumes: [
    { name: 'a', secret: { secretName: 'volume-secret' } },
    { name: 'b', configMap: { name: 'volume-map' } },
    { name: 'c', projected: { sources: [{ secret: { name: 'projected-secret' } }, { configMap: { name: 'projected-map' } }] } },
    { name: 'd', persistentVolumeClaim: { claimName: 'claim' } },
    { name: 'e', ephemeral: {} },
    { name: 'f', csi: { driver: 'd', nodePublishSecretRef: { name: 'csi-secret' } } },
  ],
  resourceClaims: [{ name: 'r', resourceClaimName: 'device-claim' }],
}
const secrets = ['env-secret', 'from-secret', 'pull-secret', 'debug-secret', 'volume-secret', 'projected-secret', 'csi-secret']
const maps = ['env-map', 'from-map', 'volume-map', 'projected-map']
const ofPod = [
  ...secrets.map((name) => `get secrets ${name} in ns`),
  ...maps.map((name) => `get configmaps ${name} in ns`),
  'watch secrets env-secret in ns',
  'list configmaps env-map in ns',
  'get persistentvolumeclaims claim in ns',
  'get persistentvolumeclaims p-e in ns',
  'patch persistentvolumeclaims/status claim in ns',
  'get persistentvolumes volume',
  'get secrets stage-secret in ns',
  'get secrets other-secret in elsewhere',
  'get resourceclaims.resource.k8s.io device-claim in ns',
  'get serviceaccounts account in ns',
  'create serviceaccounts/token account in ns',
  'get pods p in ns',
]

async function putVolume({ put }: Cluster): Promise<void> {
  const csi = {
    driver: 'd',
    nodeStageSecretRef: { name: 'stage-secret', namespace: 'ns' },
    nodeExpandSecretRef: { name: 'other-secret', namespace: 'elsewhere' },
  }
  await put(persistentVolumes, 'volume', {
    spec: {
      claimRef: { namespace: 'ns', name: 'claim' },
      csi: { ...csi, controllerExpandSecretRef: { name: 'controller-secret', namespace: 'ns' } },
    },
  })
}

describe('[P12] a node', () => {
  test('may read what a pod on it refers to, and mint tokens for its account, from the time it is bound until it is gone', async (t) => {
    const cluster = await open(t)
    const { put, remove, may } = cluster
    await putVolume(cluster)
    const { nodeName: _, ...unbound } = spec
    await put(pods, 'p', { spec: unbound })
    for (const what of ofPod) assert.equal(await may(what), false, what)
    await put(pods, 'p', { spec })
    for (const what of ofPod) assert.equal(await may(what), true, what)
    await remove(pods, 'p')
    for (const what of ofPod) assert.equal(await may(what), false, what)
  })

  test('may read nothing of a pod on another node', async (t) => {
    const cluster = await open(t)
    await putVolume(cluster)
    await cluster.put(pods, 'p', { spec: { ...spec, nodeName: 'n2' } })
    for (const what of ofPod) assert.equal(await cluster.may(what), false, what)
    assert.equal(await cluster.reason('get secrets env-secret in ns'), "no relationship found between node 'n1' and this object")
  })

  test('keeps what another pod on it still refers to', async (t) => {
    const { put, remove, may } = await open(t)
    await put(pods, 'a', { spec })
    await put(pods, 'b', { spec })
    await remove(pods, 'a')
    assert.equal(await may('get secrets env-secret in ns'), true)
    assert.equal(await may('get secrets env-secret in other'), false)
    await put(pods, 'b', { spec: { ...spec, containers: [{ name: 'c' }] } })
    assert.equal(await may('get secrets env-secret in ns'), false)
    assert.equal(await may('get secrets pull-secret in ns'), true)
  })

  test('gets nothing by a mirror pod, which it makes itself', async (t) => {
    const { put, may } = await open(t)
    await put(pods, 'p', { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } }, spec })
    assert.equal(await may('get secrets env-secret in ns'), false)
    assert.equal(await may('get pods p in ns'), true)
  })

  test('never sees the Secrets of controllers, nor the volumes of no claim', async (t) => {
    const cluster = await open(t)
    await putVolume(cluster)
    await cluster.put(pods, 'p', { spec })
    await cluster.put(persistentVolumes, 'free', { spec: {} })
    assert.equal(await cluster.may('get secrets controller-secret in ns'), false)
    assert.equal(await cluster.may('get persistentvolumes free'), false)
    await cluster.remove(persistentVolumes, 'volume')
    assert.equal(await cluster.may('get secrets stage-secret in ns'), false)
  })

  test('keeps device claims made for its pods', async (t) => {
    const { put, may } = await open(t)
    const claims = { resourceClaims: [{ name: 'r', resourceClaimTemplateName: 't' }] }
    await put(pods, 'p', { spec: { ...spec, ...claims } })
    assert.equal(await may('get resourceclaims.resource.k8s.io made in ns'), false)
    await put(pods, 'p', {
      spec: { ...spec, ...claims },
      status: {
        resourceClaimStatuses: [{ name: 'r', resourceClaimName: 'made' }],
        extendedResourceClaimStatus: { resourceClaimName: 'extended' },
      },
    })
    assert.equal(await may('get resourceclaims.resource.k8s.io made in ns'), true)
    assert.equal(await may('get resourceclaims.resource.k8s.io extended in ns'), true)
  })

  test('is refused only when the graph has caught up', async (t) => {
    const { store, may } = await open(t)
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'now', namespace: 'ns', uid: 'u' },
      spec,
      status: {},
    } as unknown as KubeObject
    const key = { resource: pods.resource, namespace: 'ns', name: 'now' }
    const isStored = store.commit({ type: 'create', key, author: { actor: 'a', client: 'b' }, keepsHistory: true, uid: 'u', object: pod })
    const [, isAllowed] = await Promise.all([isStored, may('get secrets env-secret in ns')])
    assert.ok(isAllowed)
  })
})

describe('[P12] a node may', () => {
  const cases: [what: string, isAllowed: boolean, selected?: { fields?: string; labels?: string }][] = [
    ['list secrets in ns', false],
    ['watch secrets', false],
    ['update secrets volume-secret in ns', false],
    ['get secrets/status volume-secret in ns', false],
    ['list persistentvolumeclaims in ns', false],
    ['watch persistentvolumeclaims claim in ns', false],
    ['update persistentvolumeclaims claim in ns', false],
    ['list persistentvolumes', false],
    ['watch persistentvolumes', true, { labels: 'quarterdeck.dev/node=n1' }],
    ['list persistentvolumes', false, { labels: 'quarterdeck.dev/node=n2' }],
    ['list persistentvolumes', false, { labels: 'quarterdeck.dev/node in (n1,n2)' }],
    ['update persistentvolumes kept', true],
    ['get persistentvolumes kept', true],
    ['delete persistentvolumes kept', false],
    ['update persistentvolumes other', false],
    ['get nodes n1', true],
    ['watch nodes n1', true],
    ['get nodes n2', false],
    ['list nodes', false],
    ['create nodes', true],
    ['patch nodes/status n1', true],
    ['delete nodes n1', false],
    ['list pods', false],
    ['list pods', true, { fields: 'spec.nodeName=n1' }],
    ['watch pods', false, { fields: 'spec.nodeName=n2' }],
    ['watch pods', false, { fields: 'spec.nodeName!=n1' }],
    ['watch pods here in ns', true],
    ['watch pods there in ns', false],
    ['get pods there in ns', false],
    ['update pods here in ns', false],
    ['delete pods here in ns', true],
    ['patch pods/status here in ns', true],
    ['create pods/eviction here in ns', true],
    ['create pods/binding here in ns', false],
    ['get pods/log here in ns', false],
    ['create serviceaccounts/token other in ns', false],
    ['create serviceaccounts/token in ns', false],
    ['list serviceaccounts in ns', false],
    ['update leases.coordination.k8s.io n1 in kube-node-lease', true],
    ['create leases.coordination.k8s.io in kube-node-lease', true],
    ['update leases.coordination.k8s.io n2 in kube-node-lease', false],
    ['get leases.coordination.k8s.io n1 in kube-system', false],
    ['list leases.coordination.k8s.io in kube-node-lease', false],
    ['create csinodes.storage.k8s.io', true],
    ['get csinodes.storage.k8s.io n1', true],
    ['get csinodes.storage.k8s.io n2', false],
    ['create nodeusages.metrics.quarterdeck.dev', true],
    ['update nodeusages.metrics.quarterdeck.dev n1', true],
    ['update nodeusages.metrics.quarterdeck.dev n2', false],
    ['get volumeattachments.storage.k8s.io mine', true],
    ['get volumeattachments.storage.k8s.io theirs', false],
    ['create resourceslices.resource.k8s.io', true],
    ['update resourceslices.resource.k8s.io mine', true],
    ['delete resourceslices.resource.k8s.io theirs', false],
    ['list resourceslices.resource.k8s.io', true, { fields: 'spec.nodeName=n1' }],
    ['deletecollection resourceslices.resource.k8s.io', false],
    ['watch services', true],
    ['list runtimeclasses.node.k8s.io', true],
    ['list csidrivers.storage.k8s.io', true],
    ['create tokenreviews.authentication.k8s.io', true],
    ['create subjectaccessreviews.authorization.k8s.io', true],
    ['create events in ns', true],
    ['list namespaces', false],
    ['get deployments.apps d in ns', false],
  ]
  for (const [what, isAllowed, selected] of cases)
    test(`${what}${selected ? ` with ${JSON.stringify(selected)}` : ''}: ${isAllowed ? 'yes' : 'no'}`, async (t) => {
      const { put, may } = await open(t)
      await put(pods, 'here', { spec })
      await put(pods, 'there', { spec: { nodeName: 'n2', containers: [] } })
      for (const [name, node] of [
        ['kept', 'n1'],
        ['other', 'n2'],
      ] as const)
        await put(persistentVolumes, name, { metadata: { labels: { 'quarterdeck.dev/node': node } }, spec: {} })
      for (const [name, nodeName] of [
        ['mine', 'n1'],
        ['theirs', 'n2'],
      ] as const)
        for (const kind of [volumeAttachments, resourceSlices]) await put(kind, name, { spec: { nodeName } })
      assert.equal(await may(what, selected), isAllowed)
    })
})

test('[P12] who is no node, or one without a name, gets no opinion', async () => {
  const store = createMemoryStore()
  const authorizer = new NodeAuthorizer(new NodeGraph(), store)
  const what = attributesOf('get nodes n1')
  for (const user of [ann, { name: 'system:node:n1', groups: [] }, { name: 'n1', groups: ['system:nodes'] }])
    assert.deepEqual(await authorizer.authorize({ ...what, user }), { decision: 'noOpinion', reason: '' })
  const nameless = await authorizer.authorize({ ...what, user: { name: 'system:node:', groups: ['system:nodes'] } })
  assert.equal(nameless.reason, 'unknown node for user "system:node:"')
  assert.equal((await authorizer.rulesFor(nodeUser('n1'))).incomplete, true)
  await store.close()
})
