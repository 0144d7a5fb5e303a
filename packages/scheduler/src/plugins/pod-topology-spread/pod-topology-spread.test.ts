import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Pod, V1TopologySpreadConstraint } from '@quarterdeck/api'
import { settle } from '@quarterdeck/controller-runtime/testing'

import { nodeOf, placed, podOf, type NodeShape, type PodShape } from '../../testing/objects.ts'
import { startCore, withoutPreemption } from '../../testing/start-core.ts'

const web = { app: 'web' }
const spread = (more: Partial<V1TopologySpreadConstraint> = {}): V1TopologySpreadConstraint => ({
  maxSkew: 1,
  topologyKey: 'zone',
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: web },
  ...more,
})

interface Case {
  rule: string
  nodes: Record<string, NodeShape>
  /** How many web pods are on each node. */
  there: Record<string, number>
  /** Instead of the web pods. */
  others?: Record<string, Pod>
  pod: PodShape
  expected: string
}

const zones: Record<string, NodeShape> = { a: { labels: { zone: 'a' } }, b: { labels: { zone: 'b' } } }
const uneven = "node(s) didn't match pod topology spread constraints"

const cases: Case[] = [
  {
    rule: 'the emptier domain is right',
    nodes: zones,
    there: { a: 1 },
    pod: { labels: web, topologySpreadConstraints: [spread()] },
    expected: 'p to b',
  },
  {
    rule: 'a skew of 2 lets both be right',
    nodes: { ...zones, b: { labels: { zone: 'b' }, spec: { unschedulable: true } } },
    there: { a: 1 },
    pod: { labels: web, topologySpreadConstraints: [spread({ maxSkew: 2 })] },
    expected: 'p to a',
  },
  {
    rule: 'a node without the label is not right',
    nodes: { bare: {} },
    there: {},
    pod: { labels: web, topologySpreadConstraints: [spread()] },
    expected: `p: 0/1 nodes are available: 1 ${uneven} (missing required label).`,
  },
  {
    rule: 'a pod that the selector does not mean does not count itself',
    nodes: { ...zones, b: { labels: { zone: 'b' }, spec: { unschedulable: true } } },
    there: { a: 1 },
    pod: { topologySpreadConstraints: [spread()] },
    expected: 'p to a',
  },
  {
    rule: 'with fewer domains than minDomains the missing ones count as empty',
    nodes: zones,
    there: { a: 1, b: 1 },
    pod: { labels: web, topologySpreadConstraints: [spread({ minDomains: 3 })] },
    expected: `p: 0/2 nodes are available: 2 ${uneven}.`,
  },
  {
    rule: 'domains that the node selector excludes do not count',
    nodes: { a: { labels: { zone: 'a', disk: 'ssd' } }, b: { labels: { zone: 'b' } } },
    there: { a: 3 },
    pod: { labels: web, nodeSelector: { disk: 'ssd' }, topologySpreadConstraints: [spread()] },
    expected: 'p to a',
  },
  {
    rule: 'unless nodeAffinityPolicy is Ignore',
    nodes: { a: { labels: { zone: 'a', disk: 'ssd' } }, b: { labels: { zone: 'b' } } },
    there: { a: 1 },
    pod: { labels: web, nodeSelector: { disk: 'ssd' }, topologySpreadConstraints: [spread({ nodeAffinityPolicy: 'Ignore' })] },
    expected: `p: 0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 ${uneven}.`,
  },
  {
    rule: 'tainted domains count',
    nodes: { a: { labels: { zone: 'a' } }, b: { labels: { zone: 'b' }, spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } } },
    there: { a: 1 },
    pod: { labels: web, topologySpreadConstraints: [spread()] },
    expected: `p: 0/2 nodes are available: 1 ${uneven}, 1 node(s) had untolerated taint(s).`,
  },
  {
    rule: 'unless nodeTaintsPolicy is Honor',
    nodes: { a: { labels: { zone: 'a' } }, b: { labels: { zone: 'b' }, spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } } },
    there: { a: 1 },
    pod: { labels: web, topologySpreadConstraints: [spread({ nodeTaintsPolicy: 'Honor' })] },
    expected: 'p to a',
  },
  {
    rule: 'matchLabelKeys narrows whom the selector means',
    nodes: zones,
    there: {},
    others: { a: podOf('old', { labels: { app: 'web', hash: '1' } }), b: podOf('new', { labels: { app: 'web', hash: '2' } }) },
    pod: { labels: { app: 'web', hash: '2' }, topologySpreadConstraints: [spread({ matchLabelKeys: ['hash'] })] },
    expected: 'p to a',
  },
  {
    rule: 'pods that are being deleted do not count',
    nodes: zones,
    there: { b: 1 },
    others: { a: podOf('going', { labels: web, deletionTimestamp: '2026-01-01T00:00:00Z' }) },
    pod: { labels: web, topologySpreadConstraints: [spread()] },
    expected: 'p to a',
  },
  {
    rule: 'several constraints must all hold, and nodes without one of the labels do not count for any',
    nodes: {
      a1: { labels: { zone: 'a', host: 'a1' } },
      a2: { labels: { zone: 'a', host: 'a2' } },
      b1: { labels: { zone: 'b', host: 'b1' } },
      c: { labels: { zone: 'c' } },
    },
    there: { a1: 1, b1: 1 },
    pod: { labels: web, topologySpreadConstraints: [spread(), spread({ topologyKey: 'host' })] },
    expected: 'p to a2',
  },
  {
    rule: 'an uneven domain is only less preferred with ScheduleAnyway',
    nodes: zones,
    there: { a: 2 },
    pod: { labels: web, topologySpreadConstraints: [spread({ whenUnsatisfiable: 'ScheduleAnyway' })] },
    expected: 'p to b',
  },
  {
    rule: 'and taken if it is the only one',
    nodes: { a: { labels: { zone: 'a' } } },
    there: { a: 2 },
    pod: { labels: web, topologySpreadConstraints: [spread({ whenUnsatisfiable: 'ScheduleAnyway' })] },
    expected: 'p to a',
  },
]

describe('PodTopologySpread', () => {
  for (const { rule, nodes, there, others = {}, pod, expected } of cases) {
    test(`[SC15] ${rule}`, async (t) => {
      const { core, bound, messages } = startCore(t)
      for (const [name, shape] of Object.entries(nodes)) core.setNode(nodeOf(name, shape))
      for (const [node, count] of Object.entries(there)) {
        for (let i = 0; i < count; i++) core.setPod(placed(podOf(`${node}-${i}`, { labels: web }), node))
      }
      for (const [node, other] of Object.entries(others)) core.setPod(placed(other, node))
      core.setPod(podOf('p', pod))
      await settle()
      assert.deepEqual([...bound, ...messages.map(withoutPreemption)], [expected])
    })
  }

  test('[SC15] pods of a service are spread over nodes and zones without being asked to', async (t) => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace: 'default', uid: 's', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { selector: web },
    }
    const { core, bound } = startCore(t, { objects: [service] })
    const zoned = (name: string, zone: string) =>
      nodeOf(name, {
        labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone },
        allocatable: { cpu: '64', memory: '256Gi' },
      })
    for (const node of [zoned('a1', 'a'), zoned('a2', 'a'), zoned('b1', 'b')]) core.setNode(node)
    core.setPod(placed(podOf('first', { labels: web }), 'a1'))
    core.setPod(podOf('second', { labels: web }))
    await settle()
    assert.deepEqual(bound, ['second to b1'])
  })

  test('[SC15] each placing counts for the next', async (t) => {
    const { core, bound } = startCore(t)
    for (const [name, shape] of Object.entries(zones)) core.setNode(nodeOf(name, shape))
    for (let i = 0; i < 6; i++) core.setPod(podOf(`p${i}`, { labels: web, topologySpreadConstraints: [spread()] }))
    await settle()
    assert.equal(bound.filter((text) => text.endsWith('to a')).length, 3)
    assert.equal(bound.length, 6)
  })

  test('[SC4] a domain that disappears, or a pod that fills the emptiest, wakes a pod that waits', async (t) => {
    const { core, bound, messages } = startCore(t)
    core.setNode(nodeOf('a', zones['a']))
    core.setNode(nodeOf('b', { labels: { zone: 'b' }, spec: { unschedulable: true } }))
    core.setPod(placed(podOf('w', { labels: web }), 'a'))
    core.setPod(podOf('p', { labels: web, topologySpreadConstraints: [spread()] }))
    await settle()
    assert.equal(messages.length, 1)
    core.setPod(placed(podOf('unrelated', { labels: { app: 'db' } }), 'b'))
    await settle()
    assert.equal(messages.length, 1)
    core.removeNode('b')
    await settle()
    assert.deepEqual(bound, ['p to a'])
  })
})
