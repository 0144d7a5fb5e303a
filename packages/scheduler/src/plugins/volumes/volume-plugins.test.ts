import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { PersistentVolume, PersistentVolumeClaim } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import { settle } from '@quarterdeck/controller-runtime/testing'

import type { PluginEnvironment } from '../../plugin-environment.ts'
import type { StaticCaches } from '../../static-caches.ts'
import { nodeOf, placed, podOf, type PodShape } from '../../testing/objects.ts'
import { startCore, withoutPreemption } from '../../testing/start-core.ts'

const meta = (name: string, more: object = {}) => ({
  name,
  uid: `uid-${name}`,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...more,
})

const bindCompleted = { 'pv.kubernetes.io/bind-completed': 'yes' }

function claim(name: string, spec: PersistentVolumeClaim['spec'] = {}, more: object = {}): PersistentVolumeClaim {
  const defaults = { accessModes: ['ReadWriteOnce'], storageClassName: 'late', resources: { requests: { storage: '1Gi' } } }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...meta(name, { namespace: 'default', ...(spec.volumeName ? { annotations: bindCompleted } : {}), ...more }),
      namespace: 'default',
    },
    spec: { ...defaults, ...spec },
    status: { phase: spec.volumeName ? 'Bound' : 'Pending' },
  }
}

function volume(name: string, spec: PersistentVolume['spec'] = {}, labels: Record<string, string> = {}): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: meta(name, { labels }),
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'late', ...spec },
    status: { phase: spec.claimRef ? 'Bound' : 'Available' },
  }
}

const storageClass = (name: string, volumeBindingMode: string, more: object = {}) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: meta(name),
  provisioner: 'example.com/disk',
  volumeBindingMode,
  ...more,
})
const late = storageClass('late', 'WaitForFirstConsumer')
const static_ = storageClass('static', 'WaitForFirstConsumer', { provisioner: 'kubernetes.io/no-provisioner' })

const onNode = (node: string): PersistentVolume['spec'] => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] },
  },
})

const csiNode = (name: string, count: number) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSINode',
  metadata: meta(name),
  spec: { drivers: [{ name: 'example.com/disk', nodeID: name, allocatable: { count } }] },
})

const csiVolume = (name: string) => volume(name, { csi: { driver: 'example.com/disk', volumeHandle: name } })

const using = (...names: string[]): PodShape => ({
  volumes: names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
})

/** Stores in the caches, and does as the persistent volume controller would. */
function storingClient(caches: () => StaticCaches, written: string[]): PluginEnvironment['client'] {
  const bind = (name: string, volumeName: string): void =>
    caches().set(claim(name, { volumeName }, { annotations: { ...bindCompleted, 'volume.kubernetes.io/selected-node': 'b' } }))
  return {
    update: (async (_kind: unknown, object: PersistentVolume) => {
      written.push(`${object.metadata.name} for ${object.spec.claimRef?.name}`)
      caches().set(object)
      bind(object.spec.claimRef?.name ?? '', object.metadata.name)
      return object
    }) as unknown as PluginEnvironment['client']['update'],
    patch: (async (_kind: unknown, key: { name: string }, patch: { metadata: { annotations: Record<string, string> } }) => {
      written.push(`${key.name} on ${patch.metadata.annotations['volume.kubernetes.io/selected-node']}`)
      bind(key.name, 'made')
    }) as unknown as PluginEnvironment['client']['patch'],
  }
}

interface Case {
  rule: string
  objects: KubeObject[]
  pod: PodShape
  /** On node a. */
  there?: Record<string, PodShape>
  expected: string
  written?: string[]
}

const cases: Case[] = [
  {
    rule: 'a claim that is not there is waited for',
    objects: [],
    pod: using('c'),
    expected: 'p: 0/2 nodes are available: persistentvolumeclaim "c" not found.',
  },
  {
    rule: 'a claim that is being deleted is of no use',
    objects: [claim('c', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' })],
    pod: using('c'),
    expected: 'p: 0/2 nodes are available: persistentvolumeclaim "c" is being deleted.',
  },
  {
    rule: 'a claim of an ephemeral volume is made by its controller',
    objects: [],
    pod: { volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: {} } } }] },
    expected: 'p: 0/2 nodes are available: waiting for ephemeral volume controller to create the persistentvolumeclaim "p-v".',
  },
  {
    rule: 'a claim that is bound at once must be bound first',
    objects: [claim('c', { storageClassName: 'now' }), storageClass('now', 'Immediate')],
    pod: using('c'),
    expected: 'p: 0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
  },
  {
    rule: 'the pod follows its volume',
    objects: [claim('c', { volumeName: 'v' }), volume('v', { ...onNode('b'), claimRef: { name: 'c' } })],
    pod: using('c'),
    expected: 'p to b',
  },
  {
    rule: 'nodes that the volume cannot be reached from are not right',
    objects: [claim('c', { volumeName: 'v' }), volume('v', { ...onNode('elsewhere'), claimRef: { name: 'c' } })],
    pod: using('c'),
    expected: "p: 0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity.",
  },
  {
    rule: 'a bound claim whose volume is gone is said to be',
    objects: [claim('c', { volumeName: 'v', storageClassName: 'late' }), late],
    pod: using('c'),
    expected: 'p: 0/2 nodes are available: persistentvolume "v" not found.',
  },
  {
    rule: 'a free volume is reserved, the smallest that is large enough',
    objects: [
      claim('c', { storageClassName: 'static' }),
      static_,
      volume('large', { ...onNode('b'), storageClassName: 'static', capacity: { storage: '9Gi' } }),
      volume('right', { ...onNode('b'), storageClassName: 'static' }),
      volume('small', { ...onNode('a'), storageClassName: 'static', capacity: { storage: '1Mi' } }),
    ],
    pod: using('c'),
    expected: 'p to b',
    written: ['right for c'],
  },
  {
    rule: 'without a free volume and without a provisioner no node is right',
    objects: [claim('c', { storageClassName: 'static' }), static_],
    pod: using('c'),
    expected: "p: 0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.",
  },
  {
    rule: 'two claims of a pod get two volumes',
    objects: [
      claim('c', { storageClassName: 'static' }),
      claim('d', { storageClassName: 'static' }),
      static_,
      volume('one', { ...onNode('a'), storageClassName: 'static' }),
      volume('two', { ...onNode('b'), storageClassName: 'static' }),
      volume('three', { ...onNode('b'), storageClassName: 'static' }),
    ],
    pod: using('c', 'd'),
    expected: 'p to b',
    written: ['three for c', 'two for d'],
  },
  {
    rule: 'a volume is made on the node that was chosen',
    objects: [claim('c'), late],
    pod: { ...using('c'), nodeSelector: { 'kubernetes.io/hostname': 'b' } },
    expected: 'p to b',
    written: ['c on b'],
  },
  {
    rule: 'only where the class makes volumes',
    objects: [
      claim('c'),
      { ...late, allowedTopologies: [{ matchLabelExpressions: [{ key: 'kubernetes.io/hostname', values: ['b'] }] }] } as KubeObject,
    ],
    pod: using('c'),
    expected: 'p to b',
    written: ['c on b'],
  },
  {
    rule: 'and where the driver says that there is space',
    objects: [
      claim('c'),
      late,
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'CSIDriver',
        metadata: meta('example.com/disk'),
        spec: { storageCapacity: true },
      } as KubeObject,
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'CSIStorageCapacity',
        metadata: meta('x', { namespace: 'default' }),
        storageClassName: 'late',
        capacity: '10Mi',
        nodeTopology: {},
      } as KubeObject,
    ],
    pod: using('c'),
    expected: 'p: 0/2 nodes are available: 2 node(s) did not have enough free storage.',
  },
  {
    rule: 'a claim for which a node was selected is not taken to another',
    objects: [claim('c', {}, { annotations: { 'volume.kubernetes.io/selected-node': 'b' } }), late],
    pod: { ...using('c'), nodeSelector: { 'kubernetes.io/hostname': 'a' } },
    expected:
      "p: 0/2 nodes are available: 1 node(s) didn't find available persistent volumes to bind, 1 node(s) didn't match Pod's node affinity/selector.",
  },
  {
    rule: 'the zone of a volume is the zone of its pod',
    objects: [
      claim('c', { volumeName: 'v' }),
      volume('v', { claimRef: { name: 'c' } }, { 'topology.kubernetes.io/zone': 'zone-b__zone-c' }),
    ],
    pod: using('c'),
    expected: 'p to b',
  },
  {
    rule: 'a claim for one pod alone is not given to a second',
    objects: [claim('c', { volumeName: 'v', accessModes: ['ReadWriteOncePod'] }), volume('v', { claimRef: { name: 'c' } })],
    there: { first: using('c') },
    pod: using('c'),
    expected:
      'p: 0/2 nodes are available: 2 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod.',
  },
  {
    rule: 'a disk that can be used once is not used twice on a node',
    objects: [],
    there: { first: { volumes: [{ name: 'd', awsElasticBlockStore: { volumeID: 'x' } }] } },
    pod: { volumes: [{ name: 'd', awsElasticBlockStore: { volumeID: 'x' } }] },
    expected: 'p to b',
  },
  {
    rule: 'no more volumes than the driver can attach',
    objects: [
      claim('c', { volumeName: 'v' }),
      claim('d', { volumeName: 'w' }),
      csiVolume('v'),
      csiVolume('w'),
      csiNode('a', 1),
      csiNode('b', 0),
    ],
    there: { first: using('d') },
    pod: using('c'),
    expected: 'p: 0/2 nodes are available: 2 node(s) exceed max volume count.',
  },
  {
    rule: 'a volume that is there already counts once',
    objects: [claim('c', { volumeName: 'v' }), csiVolume('v'), csiNode('a', 1), csiNode('b', 0)],
    there: { first: using('c') },
    pod: using('c'),
    expected: 'p to a',
  },
]

describe('volumes', () => {
  for (const { rule, objects, pod, there = {}, expected, written: wanted = [] } of cases) {
    test(`[SC20] ${rule}`, async (t) => {
      const written: string[] = []
      const started = startCore(t, { objects, client: storingClient(() => started.caches, written) })
      const { core, bound, messages } = started
      for (const name of ['a', 'b']) {
        core.setNode(nodeOf(name, { labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${name}` } }))
      }
      for (const [name, shape] of Object.entries(there)) core.setPod(placed(podOf(name, shape), 'a'))
      core.setPod(podOf('p', pod))
      await settle()
      assert.deepEqual([...bound, ...messages.map(withoutPreemption)], [expected])
      assert.deepEqual(written, wanted)
    })
  }

  test('[SC20] a volume promised to one pod is not promised to the next', async (t) => {
    const objects = [
      claim('c', { storageClassName: 'static' }),
      claim('d', { storageClassName: 'static' }),
      static_,
      volume('one', { storageClassName: 'static' }),
    ]
    const never = (): Promise<never> => new Promise(() => {})
    const { core, messages } = startCore(t, {
      objects,
      client: { update: (async (_kind: unknown, object: unknown) => object) as never, patch: never },
    })
    core.setNode(nodeOf('a'))
    core.setPod(podOf('first', using('c')))
    core.setPod(podOf('second', using('d')))
    await settle()
    assert.deepEqual(messages.map(withoutPreemption), [
      "second: 0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind.",
    ])
    assert.equal(core.sizes.binding, 1)
  })

  test('[SC20] a provisioner that gives up has the pod tried again, elsewhere', async (t) => {
    const selected = (node?: string): PersistentVolumeClaim =>
      claim('c', {}, { annotations: node ? { 'volume.kubernetes.io/selected-node': node } : {} })
    const nodes: string[] = []
    const started = startCore(t, {
      objects: [claim('c'), late],
      client: {
        update: () => Promise.reject(new Error('no')),
        patch: (async (_kind: unknown, _key: unknown, patch: { metadata: { annotations: Record<string, string> } }) => {
          const node = patch.metadata.annotations['volume.kubernetes.io/selected-node'] ?? ''
          nodes.push(node)
          started.caches.set(selected(node))
          if (nodes.length === 1) setImmediate(() => started.caches.set(selected()))
        }) as never,
      },
    })
    started.core.setNode(nodeOf('a'))
    started.core.setPod(podOf('p', using('c')))
    await settle()
    assert.deepEqual(started.messages, ['p: Error: binding volumes: provisioning failed for PVC "c"'])
    await started.clock.advance(1000)
    assert.equal(nodes.length, 2)
    started.caches.set(claim('c', { volumeName: 'v' }))
    await settle()
    assert.deepEqual(started.bound, ['p to a'])
  })

  test('[SC20] volumes that do not come are given up after the timeout', async (t) => {
    const { core, clock, messages } = startCore(t, {
      objects: [claim('c'), late],
      client: { update: () => Promise.reject(new Error('no')), patch: (async () => undefined) as never },
    })
    core.setNode(nodeOf('a'))
    core.setPod(podOf('p', using('c')))
    await clock.advance(600_000)
    assert.deepEqual(messages, ['p: Error: binding volumes: context deadline exceeded'])
  })

  test('[SC4] a claim that appears wakes the pod that waits for it, another does not', async (t) => {
    const { core, caches, bound, messages } = startCore(t, { objects: [volume('v', { claimRef: { name: 'c' } })] })
    core.setNode(nodeOf('a'))
    core.setPod(podOf('p', using('c')))
    await settle()
    const other = claim('d', { volumeName: 'w' })
    core.announce({ type: 'PersistentVolumeClaim', object: other, old: undefined })
    await settle()
    assert.equal(messages.length, 1)
    const wanted = claim('c', { volumeName: 'v' })
    caches.set(wanted)
    core.announce({ type: 'PersistentVolumeClaim', object: wanted, old: undefined })
    await settle()
    assert.deepEqual(bound, ['p to a'])
  })
})
