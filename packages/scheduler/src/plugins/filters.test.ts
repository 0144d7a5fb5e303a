import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { CachedNode } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import { CycleState } from '../framework/cycle-state.ts'
import type { Plugin } from '../framework/plugin.ts'
import { infoOf, nodeOf, podInfo, podOf } from '../testing/objects.ts'
import { createNodeAffinity } from './node-affinity/node-affinity.ts'
import { nodeName } from './node-name/node-name.ts'
import { nodePorts } from './node-ports/node-ports.ts'
import { createNodeResourcesFit } from './node-resources-fit/node-resources-fit.ts'
import { nodeUnschedulable } from './node-unschedulable/node-unschedulable.ts'
import { taintToleration } from './taint-toleration/taint-toleration.ts'

interface Case {
  rule: string
  plugin: Plugin
  pod: PodInfo
  node: CachedNode
  /** Absent: the node is right. */
  reasons?: string[]
  detail?: string
}

const fit = createNodeResourcesFit()
const taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' }
const tainted = infoOf(nodeOf('n', { spec: { taints: [taint] } }))
const affinity = (operator: string, values?: string[]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'size', operator, ...(values ? { values } : {}) }] }],
    },
  },
})
const hostPort = (hostPort: number, hostIP?: string) => ({
  containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort, ...(hostIP ? { hostIP } : {}) }] }],
})

const cases: Case[] = [
  { rule: 'fits what is free', plugin: fit, pod: podInfo('p', { requests: { cpu: '4', memory: '8Gi' } }), node: infoOf(nodeOf('n')) },
  {
    rule: 'counts what other pods request',
    plugin: fit,
    pod: podInfo('p', { requests: { cpu: '2' } }),
    node: infoOf(nodeOf('n'), [podOf('other', { requests: { cpu: '2600m' } })]),
    reasons: ['Insufficient cpu'],
    detail: 'needs 2 CPU; 1.4 CPU free of 4 CPU',
  },
  {
    rule: 'names everything that lacks',
    plugin: fit,
    pod: podInfo('p', { requests: { cpu: '5', memory: '9Gi', 'example.com/gpu': '1' } }),
    node: infoOf(nodeOf('n', { allocatable: { pods: '0' } })),
    reasons: ['Too many pods', 'Insufficient cpu', 'Insufficient memory', 'Insufficient example.com/gpu'],
    detail:
      'runs 0 of 0 pods, needs 5 CPU; 4 CPU free of 4 CPU, needs 9 Gi memory; 8 Gi memory free of 8 Gi memory, needs 1 example.com/gpu; 0 example.com/gpu free of 0 example.com/gpu',
  },
  {
    rule: 'an init container counts by itself, a sidecar with the others',
    plugin: fit,
    pod: podInfo('p', {
      initContainers: [
        { name: 'side', image: 'i', restartPolicy: 'Always', resources: { requests: { cpu: '1' } } },
        { name: 'init', image: 'i', resources: { requests: { cpu: '3500m' } } },
      ],
      requests: { cpu: '1' },
    }),
    node: infoOf(nodeOf('n')),
    reasons: ['Insufficient cpu'],
  },
  {
    rule: 'a pod that requests nothing fits a full node',
    plugin: fit,
    pod: podInfo('p'),
    node: infoOf(nodeOf('n', { allocatable: { cpu: '0' } })),
  },
  {
    rule: 'an untolerated taint',
    plugin: taintToleration,
    pod: podInfo('p'),
    node: tainted,
    reasons: ['node(s) had untolerated taint(s)'],
    detail: 'does not tolerate gpu=yes:NoSchedule',
  },
  {
    rule: 'a toleration by value',
    plugin: taintToleration,
    pod: podInfo('p', { tolerations: [{ key: 'gpu', value: 'yes' }] }),
    node: tainted,
  },
  {
    rule: 'a toleration of another value',
    plugin: taintToleration,
    pod: podInfo('p', { tolerations: [{ key: 'gpu', value: 'no' }] }),
    node: tainted,
    reasons: ['node(s) had untolerated taint(s)'],
  },
  {
    rule: 'a toleration of everything',
    plugin: taintToleration,
    pod: podInfo('p', { tolerations: [{ operator: 'Exists' }] }),
    node: tainted,
  },
  {
    rule: 'PreferNoSchedule does not forbid',
    plugin: taintToleration,
    pod: podInfo('p'),
    node: infoOf(nodeOf('n', { spec: { taints: [{ ...taint, effect: 'PreferNoSchedule' }] } })),
  },
  {
    rule: 'a cordoned node',
    plugin: nodeUnschedulable,
    pod: podInfo('p'),
    node: infoOf(nodeOf('n', { spec: { unschedulable: true } })),
    reasons: ['node(s) were unschedulable'],
    detail: 'n is cordoned',
  },
  {
    rule: 'a node selector that does not match',
    plugin: createNodeAffinity(),
    pod: podInfo('p', { nodeSelector: { disk: 'ssd' } }),
    node: infoOf(nodeOf('n')),
    reasons: ["node(s) didn't match Pod's node affinity/selector"],
    detail: 'asks for disk=ssd; the node has no label disk',
  },
  {
    rule: 'affinity Gt',
    plugin: createNodeAffinity(),
    pod: podInfo('p', { affinity: affinity('Gt', ['9']) }),
    node: infoOf(nodeOf('n', { labels: { size: '10' } })),
  },
  {
    rule: 'affinity Exists',
    plugin: createNodeAffinity(),
    pod: podInfo('p', { affinity: affinity('Exists') }),
    node: infoOf(nodeOf('n')),
    reasons: ["node(s) didn't match Pod's node affinity/selector"],
  },
  {
    rule: 'affinity NotIn holds without the label',
    plugin: createNodeAffinity(),
    pod: podInfo('p', { affinity: affinity('NotIn', ['9']) }),
    node: infoOf(nodeOf('n')),
  },
  {
    rule: 'another node is named',
    plugin: nodeName,
    pod: podInfo('p', { nodeName: 'other' }),
    node: infoOf(nodeOf('n')),
    reasons: ["node(s) didn't match the requested node name"],
  },
  {
    rule: 'a host port in use',
    plugin: nodePorts,
    pod: podInfo('p', hostPort(80)),
    node: infoOf(nodeOf('n'), [podOf('other', hostPort(80, '10.0.0.1'))]),
    reasons: ["node(s) didn't have free ports for the requested pod ports"],
    detail: 'host port 80/TCP is in use by default/other',
  },
  {
    rule: 'a host port in use on another address',
    plugin: nodePorts,
    pod: podInfo('p', hostPort(80, '10.0.0.2')),
    node: infoOf(nodeOf('n'), [podOf('other', hostPort(80, '10.0.0.1'))]),
  },
]

describe('filters', () => {
  for (const { rule, plugin, pod, node, reasons, detail } of cases) {
    test(`[SC10] ${plugin.name}: ${rule}`, () => {
      assert.deepEqual(plugin.filter?.(pod, node, new CycleState())?.reasons, reasons)
      if (detail !== undefined) assert.equal(plugin.explain?.(pod, node, new CycleState()), detail)
    })
  }
})
