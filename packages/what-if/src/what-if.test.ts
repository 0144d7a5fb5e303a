import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import { deployments, replicaSets, statefulSets, type Kind, type Node, type Pod } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import { Questions } from '@quarterdeck/scheduler'
import { nodeOf, placed, podOf, startCore } from '@quarterdeck/scheduler/testing'

import { answerWhatIf } from './answer-what-if.ts'
import { questionSchema, type WhatIfAnswer } from './question.ts'

const kinds = [deployments, replicaSets, statefulSets] as unknown as readonly Kind[]
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'web', resources: { requests: { cpu: '1' } } }] },
}
const stamped = (name: string) => ({
  name,
  namespace: 'default',
  uid: name,
  creationTimestamp: '2026-01-01T00:00:00Z',
  resourceVersion: '1',
})
const controlledBy = (kind: string, name: string) => [{ apiVersion: 'apps/v1', kind, name, uid: name, controller: true }]

/** A Deployment `web` with its ReplicaSet. */
const web = (replicas: number): object[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: stamped('web'),
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...stamped('web-1'), ownerReferences: controlledBy('Deployment', 'web') },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template },
  },
]

const budget = (name: string, app: string, minAvailable: number | string, [healthy, desired]: [number, number]): object => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: stamped(name),
  spec: { minAvailable, selector: { matchLabels: { app } } },
  status: { currentHealthy: healthy, desiredHealthy: desired, disruptionsAllowed: healthy - desired, expectedPods: healthy },
})

interface Shape {
  kind?: string
  owner?: string
  cpu?: string
  app?: string
  priority?: number
  spec?: Partial<Pod['spec']>
}

/** A Pod that runs on a node; by default one of the ReplicaSet `web-1`. */
function running(
  name: string,
  nodeName: string,
  { kind = 'ReplicaSet', owner = 'web-1', cpu = '1', app = 'web', priority = 0, spec = {} }: Shape = {},
): Pod {
  const pod = podOf(name, { requests: { cpu }, labels: { app }, priority, ...spec })
  const ownerReferences = owner === '' ? [] : controlledBy(kind, owner)
  return {
    ...placed(pod, nodeName),
    metadata: { ...pod.metadata, ownerReferences, ...(kind === 'ReplicaSet' && owner ? { generateName: `${owner}-` } : {}) },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

interface Case {
  what: string
  nodes: readonly Node[]
  pods?: readonly Pod[]
  waiting?: readonly Pod[]
  objects?: readonly object[]
  steps: readonly object[]
  expected: Partial<Record<'landed' | 'stuck' | 'preempted' | 'blocked' | 'gone' | 'staying' | 'nodes', readonly string[]>>
}

const [a, b] = [nodeOf('a'), nodeOf('b')]
const localVolume = (node: string): object[] => [
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...stamped('data-db-0'), annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: { volumeName: 'v' },
    status: { phase: 'Bound' },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'v', uid: 'v' },
    spec: {
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] } },
    },
    status: {},
  },
]
const database: Shape = {
  kind: 'StatefulSet',
  owner: 'db',
  app: 'db',
  spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] },
}

const cases: readonly Case[] = [
  {
    what: '[SC29] a drain moves what may go, leaves daemons and static pods, and says what would not come back',
    nodes: [a, b],
    objects: web(1),
    pods: [
      running('web-1-x', 'a'),
      running('log', 'a', { kind: 'DaemonSet', owner: 'log' }),
      {
        ...running('proxy', 'a', { owner: '' }),
        metadata: { ...podOf('proxy').metadata, annotations: { 'kubernetes.io/config.mirror': 'x' } },
      },
      running('alone', 'a', { owner: '' }),
    ],
    steps: [{ action: 'drain', node: 'a' }],
    expected: {
      landed: ['web-1-new-1 of Deployment default/web: a to b'],
      gone: ['alone on a: unmanaged'],
      staying: ['log on a: daemon-set', 'proxy on a: static'],
      nodes: ['a cordoned 4000 to 2000', 'b stays 0 to 1000'],
    },
  },
  {
    what: '[SC29] a drain takes from a budget, and goes on when pods came back elsewhere',
    nodes: [a, b],
    objects: [...web(3), budget('keep', 'web', 2, [3, 2])],
    pods: ['x', 'y', 'z'].map((id) => running(`web-1-${id}`, 'a')),
    steps: [{ action: 'drain', node: 'a' }],
    expected: { landed: ['1', '2', '3'].map((id) => `web-1-new-${id} of Deployment default/web: a to b`), blocked: [] },
  },
  {
    what: '[SC29] a drain says what a budget holds up, with figures',
    nodes: [a, nodeOf('small', { allocatable: { cpu: '1' } })],
    objects: [...web(3), budget('keep', 'web', 2, [3, 2])],
    pods: [...['x', 'y'].map((id) => running(`web-1-${id}`, 'a')), running('web-1-z', 'small')],
    steps: [{ action: 'drain', node: 'a' }],
    expected: {
      landed: [],
      stuck: ['web-1-new-1: 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.'],
      blocked: ['web-1-y by keep: the disruption budget keep needs 2 healthy pods and has 2'],
    },
  },
  {
    what: '[SC29] a share of a budget is of what is wanted after an earlier step',
    nodes: [a, b],
    objects: [...web(1), budget('keep', 'web', '100%', [1, 1])],
    pods: [running('web-1-x', 'a')],
    steps: [
      { action: 'scale', kind: 'Deployment', namespace: 'default', name: 'web', replicas: 2 },
      { action: 'drain', node: 'a' },
    ],
    expected: {
      landed: ['web-1-new-2 of Deployment default/web: nowhere to b'],
      blocked: ['web-1-x by keep: the disruption budget keep needs 2 healthy pods and has 2'],
    },
  },
  {
    what: '[SC30] a lost node asks no budget; its daemons do not come back, and a local volume holds its pod back',
    nodes: [a, b],
    objects: [...web(1), budget('keep', 'web', 1, [1, 1]), ...localVolume('a')],
    pods: [running('web-1-x', 'a'), running('log', 'a', { kind: 'DaemonSet', owner: 'log' }), running('db-0', 'a', database)],
    steps: [{ action: 'lose', node: 'a' }],
    expected: {
      landed: ['web-1-new-2 of Deployment default/web: a to b'],
      stuck: ["db-0: 0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity."],
      gone: ['log on a: daemon-set'],
      nodes: ['a gone 3000 to 0', 'b stays 0 to 1000'],
    },
  },
  {
    what: '[SC31] more replicas land where the scheduler puts them, and the rest waits',
    nodes: [a],
    objects: web(1),
    pods: [running('web-1-x', 'a')],
    steps: [{ action: 'scale', kind: 'Deployment', namespace: 'default', name: 'web', replicas: 5 }],
    expected: {
      landed: ['web-1-new-2', 'web-1-new-3', 'web-1-new-4'].map((name) => `${name} of Deployment default/web: nowhere to a`),
      stuck: ['web-1-new-5: 0/1 nodes are available: 1 Insufficient cpu.'],
    },
  },
  {
    what: '[SC31] what the scheduler would not try stays without a node, and it says so',
    nodes: [a],
    objects: web(1),
    pods: [running('web-1-x', 'a', { spec: { schedulerName: 'other' } })],
    steps: [{ action: 'scale', kind: 'Deployment', namespace: 'default', name: 'web', replicas: 2 }],
    expected: { landed: [], stuck: ['web-1-new-2: another scheduler places it'] },
  },
  {
    what: '[SC31] the first replicas of a workload come from its template',
    nodes: [a],
    objects: web(0),
    steps: [{ action: 'scale', kind: 'ReplicaSet', namespace: 'default', name: 'web-1', replicas: 1 }],
    expected: { landed: ['web-1-new-1 of Deployment default/web: nowhere to a'] },
  },
  {
    what: '[SC31] fewer replicas make room for what waits',
    nodes: [a],
    objects: web(4),
    pods: ['1', '2', '3', '4'].map((id) => running(`web-1-${id}`, 'a')),
    waiting: [podOf('queued', { requests: { cpu: '2' } })],
    steps: [{ action: 'scale', kind: 'Deployment', namespace: 'default', name: 'web', replicas: 1 }],
    expected: { landed: ['queued of nobody: nowhere to a'], gone: ['1', '2', '3'].map((id) => `web-1-${id} on a: scaled down`) },
  },
  {
    what: '[SC32] another node takes what waits, beside its daemons',
    nodes: [nodeOf('a', { allocatable: { cpu: '2' } })],
    pods: [running('log', 'a', { kind: 'DaemonSet', owner: 'log' })],
    waiting: [
      podOf('large', { requests: { cpu: '2' } }),
      podOf('small', { requests: { cpu: '1' } }),
      podOf('next', { requests: { cpu: '1' } }),
    ],
    steps: [{ action: 'add', like: 'a', count: 1 }],
    expected: { landed: ['next of nobody: nowhere to a-new-1'], nodes: ['a-new-1 new 0 to 2000'] },
  },
  {
    what: '[SC28] an important pod that must move preempts, and its victim comes back where it can',
    nodes: [nodeOf('a', { allocatable: { cpu: '1' } }), nodeOf('b', { allocatable: { cpu: '1' } })],
    objects: web(1),
    pods: [running('vip-1', 'a', { owner: 'vip', priority: 10 }), running('web-1-x', 'b')],
    steps: [{ action: 'lose', node: 'a' }],
    expected: {
      landed: ['vip-new-1 of ReplicaSet default/vip: a to b'],
      preempted: ['web-1-x on b by default/vip-new-1'],
      stuck: ['web-1-new-2: 0/1 nodes are available: 1 Insufficient cpu.'],
    },
  },
]

async function ask(t: TestContext, { nodes, pods = [], waiting = [], objects = [], steps }: Case): Promise<WhatIfAnswer> {
  const { core, caches, bound } = startCore(t, { objects: objects as readonly KubeObject[] })
  for (const node of nodes) core.setNode(node)
  for (const pod of pods) core.setPod(pod)
  for (const pod of waiting) core.setPod(pod)
  const questions = new Questions(core, { configuration: {}, caches })
  const answer = await answerWhatIf(questionSchema.parse({ steps }), { questions, kinds })
  assert.deepEqual(
    bound.filter((line) => !waiting.some(({ metadata }) => line.startsWith(metadata.name))),
    [],
    'nothing was done',
  )
  assert.deepEqual(
    core.cache.nodes.map(({ name, podCount }) => [name, podCount]),
    nodes.map(({ metadata: { name } }) => [
      name,
      pods.filter(({ spec }) => spec.nodeName === name).length + bound.filter((line) => line.endsWith(` to ${name}`)).length,
    ]),
    'the live scheduler was not touched',
  )
  return answer
}

const asText: Readonly<Record<keyof Case['expected'], (answer: WhatIfAnswer) => string[]>> = {
  landed: ({ landed }) => landed.map(({ name, owner, from, node }) => `${name} of ${owner ?? 'nobody'}: ${from ?? 'nowhere'} to ${node}`),
  stuck: ({ stuck }) => stuck.map(({ name, message }) => `${name}: ${message.replace(/ (no new claims|preemption: ).*$/, '')}`),
  preempted: ({ preempted }) => preempted.map(({ name, node, by }) => `${name} on ${node} by ${by}`),
  blocked: ({ blocked }) => blocked.map(({ name, budgets, message }) => `${name} by ${budgets.join()}: ${message}`),
  gone: ({ gone }) => gone.map(({ name, node, why }) => `${name} on ${node}: ${why}`),
  staying: ({ staying }) => staying.map(({ name, node, why }) => `${name} on ${node}: ${why}`),
  nodes: ({ nodes }) => nodes.map(({ node, state, before, after }) => `${node} ${state} ${before.milliCpu} to ${after.milliCpu}`),
}

describe('what would happen', () => {
  for (const scenario of cases) {
    test(scenario.what, async (t) => {
      const answer = await ask(t, scenario)
      for (const [list, expected] of Object.entries(scenario.expected) as [keyof Case['expected'], readonly string[]][])
        assert.deepEqual(asText[list](answer).toSorted(), expected.toSorted(), list)
      assert.equal(answer.isComplete, true)
    })
  }

  test('[SC28] a node or a workload that is not there is refused', async (t) => {
    const unknown = { nodes: [a], what: '', expected: {} }
    await assert.rejects(ask(t, { ...unknown, steps: [{ action: 'drain', node: 'x' }] }), /nodes "x" not found/)
    const scale = { action: 'scale', kind: 'Deployment', namespace: 'default', name: 'x', replicas: 1 }
    await assert.rejects(ask(t, { ...unknown, steps: [scale] }), /deployments.apps "x" not found in namespace "default"/)
    assert.throws(() => questionSchema.parse({ steps: [{ ...scale, kind: 'DaemonSet' }] }))
  })
})
