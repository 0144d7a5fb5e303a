import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Node, Pod, V1PodSpec } from '@quarterdeck/api'

import { admitPod } from './admit-pod.ts'

const node = {
  metadata: { name: 'n', labels: { disk: 'ssd' } },
  spec: { taints: [{ key: 'broken', effect: 'NoExecute' }] },
  status: { allocatable: { cpu: '2', memory: '1Gi', pods: '3', 'example.com/gpu': '1' } },
} as unknown as Node

const tolerations = [{ operator: 'Exists' }]
const pod = (requests: Record<string, string>, spec: Partial<V1PodSpec> = {}): Pod =>
  ({ metadata: {}, spec: { tolerations, containers: [{ name: 'c', resources: { requests } }], ...spec } }) as unknown as Pod
const withPort = (hostPort: number, hostIP?: string): Pod =>
  pod({}, { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort, ...(hostIP ? { hostIP } : {}) }] }] })

const cases: [what: string, pod: Pod, others: Pod[], reason?: string, message?: string][] = [
  ['that fits is run', pod({ cpu: '500m' }), [pod({ cpu: '1500m' })]],
  [
    'for which there is too little CPU',
    pod({ cpu: '600m' }),
    [pod({ cpu: '1500m' })],
    'OutOfcpu',
    "Node didn't have enough resource: cpu, requested: 600, used: 1500, capacity: 2000",
  ],
  [
    'for which there is too little memory',
    pod({ memory: '2Gi' }),
    [],
    'OutOfmemory',
    "Node didn't have enough resource: memory, requested: 2147483648, used: 0, capacity: 1073741824",
  ],
  [
    'too many',
    pod({}),
    [pod({}), pod({}), pod({})],
    'OutOfpods',
    "Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3",
  ],
  ['for which a device is missing', pod({ 'example.com/gpu': '1' }), [pod({ 'example.com/gpu': '1' })], 'OutOfexample.com/gpu'],
  ['with a resource that no node has is run', pod({ 'example.com/licence': '1' }), []],
  ['without requests is run though the node is full', pod({}), [pod({ cpu: '2', memory: '1Gi' })]],
  [
    'with another node selector',
    pod({}, { nodeSelector: { disk: 'hdd' } }),
    [],
    'NodeAffinity',
    "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  ],
  ['whose host port is taken', withPort(80), [withPort(80, '10.0.0.1')], 'NodePorts'],
  ['with the port of another address is run', withPort(80, '10.0.0.2'), [withPort(80, '10.0.0.1')]],
  ['that does not tolerate the node', pod({}, { tolerations: [] }), [], 'TaintToleration'],
  ['for another operating system', pod({}, { os: { name: 'windows' } }), [], 'PodOSNotSupported'],
]

void describe('[N15] a pod that was put on a node', () => {
  for (const [what, subject, others, reason, message] of cases)
    void test(`${what}${reason ? ` is refused with ${reason}` : ''}`, () => {
      const rejection = admitPod(subject, node, others)
      assert.equal(rejection?.reason, reason)
      if (message) assert.equal(rejection?.message, message)
    })
})
