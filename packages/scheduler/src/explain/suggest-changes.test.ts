import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import type { Node, Pod } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import { nodeOf, placed, podOf } from '../testing/objects.ts'
import { startCore } from '../testing/start-core.ts'
import { Questions } from './questions.ts'

interface Case {
  what: string
  nodes: readonly Node[]
  there?: readonly Pod[]
  objects?: readonly object[]
  pod: Pod
  /** Each with the nodes that would be right. */
  expected: readonly string[]
}

const web = { labels: { app: 'web' } }
const awayFromWeb = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } }],
  },
}
const nearDb = {
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'db' } } }] },
}
const inZones = (...values: string[]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values }] }],
    },
  },
})
const spread = (maxSkew: number) => [
  { topologyKey: 'zone', maxSkew, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } },
]
const port80 = { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }] }
const volume = (name: string) => ({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: name } }] })
const storage = (name: string): object[] => [
  {
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default', uid: name, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: { volumeName: name },
    status: { phase: 'Bound' },
  },
  { kind: 'PersistentVolume', metadata: { name, uid: `pv ${name}` }, spec: { csi: { driver: 'disk', volumeHandle: name } }, status: {} },
]

const cases: readonly Case[] = [
  {
    what: 'too much CPU asked for',
    nodes: [nodeOf('a', { allocatable: { cpu: '1' } }), nodeOf('b', { allocatable: { cpu: '2' } })],
    there: [placed(podOf('small', { requests: { cpu: '600m' } }), 'b')],
    pod: podOf('p', { requests: { cpu: '2' } }),
    expected: [
      "lower the Pod's cpu request from 2 to 1400m: b",
      'free 600m cpu on node b, which is held by default/small (priority 0): b',
      'add a node like b: b-new-1',
    ],
  },
  {
    what: 'a Pod that no node would be large enough for',
    nodes: [nodeOf('a')],
    pod: podOf('p', { requests: { cpu: '6' } }),
    expected: ["lower the Pod's cpu request from 6 to 4: a", 'add a node like a, but with 6 cpu: a-new-1'],
  },
  {
    what: 'CPU and memory',
    nodes: [nodeOf('a', { allocatable: { cpu: '1', memory: '1Gi' } })],
    pod: podOf('p', { requests: { cpu: '2', memory: '2Gi' } }),
    expected: [
      "lower the Pod's cpu request from 2 to 1 and lower the Pod's memory request from 2Gi to 1Gi: a",
      'add a node like a, but with 2 cpu and 2Gi memory: a-new-1',
    ],
  },
  {
    what: 'a node that is cordoned, with the taint that comes with it',
    nodes: [nodeOf('a', { spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] } })],
    pod: podOf('p'),
    expected: ['uncordon node a: a', 'add a node like a: a-new-1'],
  },
  {
    what: 'nodes with a taint',
    nodes: ['a', 'b'].map((name) => nodeOf(name, { spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } })),
    pod: podOf('p'),
    expected: ['tolerate the taint gpu=yes:NoSchedule: a, b', 'take the taint gpu=yes:NoSchedule from node a: a'],
  },
  {
    what: 'a node that is not ready',
    nodes: [nodeOf('a', { spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] } })],
    pod: podOf('p'),
    expected: ['wait until node a becomes Ready: a', 'add a node like a: a-new-1'],
  },
  {
    what: 'a node selector',
    nodes: [nodeOf('a', { labels: { zone: 'x' } }), nodeOf('b')],
    pod: podOf('p', { nodeSelector: { zone: 'y' } }),
    expected: ['ask for zone=x instead of zone=y in the node selector: a', 'give node a the label zone=y: a'],
  },
  {
    what: 'a required node affinity',
    nodes: [nodeOf('a', { labels: { zone: 'x' } })],
    pod: podOf('p', { affinity: inZones('y') }),
    expected: ['accept zone=x too in the required node affinity (zone In y): a', 'give node a the label zone=y: a'],
  },
  {
    what: 'a host port in use',
    nodes: [nodeOf('a')],
    there: [placed(podOf('first', port80), 'a')],
    pod: podOf('p', port80),
    expected: [
      'do without host port 80/TCP: a',
      'free host port 80/TCP on node a, which is held by default/first (priority 0): a',
      'add a node like a: a-new-1',
    ],
  },
  {
    what: 'anti-affinity',
    nodes: [nodeOf('a', { labels: { zone: 'x' } })],
    there: [placed(podOf('first', web), 'a')],
    pod: podOf('p', { affinity: awayFromWeb }),
    expected: [
      'drop the required anti-affinity against pods with app=web by zone: a',
      'free the place of 1 Pod(s) that this one keeps away from on node a, which is held by default/first (priority 0): a',
    ],
  },
  {
    what: 'the anti-affinity of another Pod',
    nodes: [nodeOf('a', { labels: { zone: 'x' } })],
    there: [placed(podOf('first', { affinity: awayFromWeb }), 'a')],
    pod: podOf('p', web),
    expected: ['free the place of 1 Pod(s) that keep such Pods away on node a, which is held by default/first (priority 0): a'],
  },
  {
    what: 'affinity to Pods in another zone, whose nodes are full',
    nodes: [nodeOf('a', { labels: { zone: 'x' } }), nodeOf('full', { labels: { zone: 'y' }, allocatable: { pods: '1' } })],
    there: [placed(podOf('db', { labels: { app: 'db' } }), 'full')],
    pod: podOf('p', { affinity: nearDb }),
    expected: [
      'drop the required affinity to pods with app=db by zone: a',
      'give node a the label zone=y: a',
      'add a node like full: full-new-1',
    ],
  },
  {
    what: 'an uneven spread',
    nodes: [nodeOf('a', { labels: { zone: 'x' } }), nodeOf('b', { labels: { zone: 'y' }, spec: { unschedulable: true } })],
    there: [placed(podOf('first', web), 'a'), placed(podOf('second', web), 'a')],
    pod: podOf('p', { ...web, topologySpreadConstraints: spread(1) }),
    expected: [
      'set whenUnsatisfiable of the spread over zone of pods with app=web to ScheduleAnyway: a',
      'raise maxSkew of the spread over zone of pods with app=web from 1 to 3: a',
      'uncordon node b: b',
      'add a node like b: b-new-1',
    ],
  },
  {
    what: 'as many volumes as can be attached',
    nodes: [nodeOf('a')],
    objects: [
      ...storage('one'),
      ...storage('two'),
      { kind: 'CSINode', metadata: { name: 'a', uid: 'a' }, spec: { drivers: [{ name: 'disk', nodeID: 'a', allocatable: { count: 1 } }] } },
    ],
    there: [placed(podOf('first', volume('one')), 'a')],
    pod: podOf('p', volume('two')),
    expected: [
      'let disk attach 2 volumes instead of 1 to node a: a',
      'free 1 volume(s) of disk on node a, which is held by default/first (priority 0): a',
      'add a node like a: a-new-1',
    ],
  },
  {
    what: 'two things at once',
    nodes: [nodeOf('a', { spec: { unschedulable: true }, allocatable: { cpu: '1' } })],
    pod: podOf('p', { requests: { cpu: '2' } }),
    expected: ["uncordon node a and lower the Pod's cpu request from 2 to 1: a", 'add a node like a, but with 2 cpu: a-new-1'],
  },
  {
    what: 'a claim that does not exist',
    nodes: [nodeOf('a')],
    pod: podOf('p', volume('none')),
    expected: [],
  },
]

async function suggestionsFor(t: TestContext, { nodes, there = [], objects = [], pod }: Case) {
  const { core, caches, messages } = startCore(t, { objects: objects as readonly KubeObject[] })
  for (const node of nodes) core.setNode(node)
  for (const other of there) core.setPod(other)
  core.setPod(pod)
  while (messages.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const questions = new Questions(core, { configuration: {}, caches })
  const before = core.cache.nodes.map(({ version }) => version)
  const explained = await questions.explain(pod.metadata.uid, { withChanges: true })
  assert.deepEqual(
    core.cache.nodes.map(({ version }) => version),
    before,
    'the live scheduler was not touched',
  )
  assert.equal(explained?.state, 'pending')
  return explained.changes ?? []
}

describe('the smallest changes that would let a pod fit', () => {
  for (const scenario of cases) {
    test(`[SC27] ${scenario.what}`, async (t) => {
      const suggestions = await suggestionsFor(t, scenario)
      assert.deepEqual(
        suggestions.map(({ changes, nodes }) => `${changes.map(({ text }) => text).join(' and ')}: ${nodes.join(', ')}`),
        scenario.expected,
      )
    })
  }
})
