import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Pod, V1Affinity } from '@quarterdeck/api'
import { settle } from '@quarterdeck/controller-runtime/testing'

import { nodeOf, placed, podOf, type PodShape } from '../../testing/objects.ts'
import { startCore, withoutPreemption } from '../../testing/start-core.ts'

const term = (labels: Record<string, string>, more: object = {}) => ({
  topologyKey: 'zone',
  labelSelector: { matchLabels: labels },
  ...more,
})
const near = (labels: Record<string, string>, more?: object): V1Affinity => ({
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(labels, more)] },
})
const away = (labels: Record<string, string>, more?: object): V1Affinity => ({
  podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(labels, more)] },
})
const web = { app: 'web' }

interface Case {
  rule: string
  /** On nodes, by node. */
  there?: Record<string, Pod[]>
  namespaces?: Record<string, Record<string, string>>
  pod: PodShape
  expected: string
}

const there = (name: string, shape: PodShape): Pod => podOf(name, shape)
const none = (...reasons: string[]): string => `p: 0/3 nodes are available: ${reasons.join(', ')}.`

const cases: Case[] = [
  {
    rule: 'a required term wants a pod in the same domain',
    there: { b: [there('w', { labels: web })] },
    pod: { affinity: near(web) },
    expected: 'p to b',
  },
  {
    rule: 'without such a pod no node is right',
    pod: { affinity: near(web) },
    expected: none("3 node(s) didn't match pod affinity rules"),
  },
  {
    rule: 'the first of a group may go anywhere where the label is',
    pod: { affinity: near(web), labels: web, nodeSelector: { zone: 'a' } },
    expected: 'p to a',
  },
  {
    rule: 'the first of a group may not go to a node without the label',
    pod: { affinity: near(web), labels: web, nodeSelector: { bare: 'yes' } },
    expected: none("1 node(s) didn't match pod affinity rules", "2 node(s) didn't match Pod's node affinity/selector"),
  },
  {
    rule: 'once there is one of the group, the others follow it',
    there: { b: [there('w', { labels: web })] },
    pod: { affinity: near(web), labels: web },
    expected: 'p to b',
  },
  {
    rule: 'all required terms must be met by the same pod',
    there: { a: [there('w', { labels: web })], b: [there('db', { labels: { app: 'web', tier: 'db' } })] },
    pod: { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(web), term({ tier: 'db' })] } } },
    expected: 'p to b',
  },
  {
    rule: 'a pod of another namespace does not count',
    there: { a: [there('w', { labels: web, namespace: 'other' })] },
    pod: { affinity: near(web) },
    expected: none("3 node(s) didn't match pod affinity rules"),
  },
  {
    rule: 'unless the term names the namespace',
    there: { a: [there('w', { labels: web, namespace: 'other' })] },
    pod: { affinity: near(web, { namespaces: ['other'] }) },
    expected: 'p to a',
  },
  {
    rule: 'or selects it by its labels',
    there: { a: [there('w', { labels: web, namespace: 'other' })], b: [there('v', { labels: web, namespace: 'third' })] },
    namespaces: { other: { team: 'x' }, third: { team: 'y' } },
    pod: { affinity: near(web, { namespaceSelector: { matchLabels: { team: 'y' } } }) },
    expected: 'p to b',
  },
  {
    rule: 'an empty namespace selector means all namespaces',
    there: { a: [there('w', { labels: web, namespace: 'other' })] },
    pod: { affinity: near(web, { namespaceSelector: {} }) },
    expected: 'p to a',
  },
  {
    rule: 'anti-affinity keeps away, but not from nodes without the label',
    there: { a: [there('w', { labels: web })], b: [there('v', { labels: web })] },
    pod: { affinity: away(web) },
    expected: 'p to bare',
  },
  {
    rule: 'anti-affinity of pods on nodes keeps others away',
    there: { a: [there('w', { affinity: away(web) })], b: [there('v', { affinity: away(web) })] },
    pod: { labels: web, nodeSelector: { kind: 'zoned' } },
    expected: none("1 node(s) didn't match Pod's node affinity/selector", "2 node(s) didn't satisfy existing pods anti-affinity rules"),
  },
  {
    rule: 'a term without a selector means no pod',
    there: { a: [there('w', { labels: web })] },
    pod: {
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] } },
      nodeSelector: { zone: 'a' },
    },
    expected: 'p to a',
  },
  {
    rule: 'a preferred term draws',
    there: { b: [there('w', { labels: web })] },
    pod: { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, podAffinityTerm: term(web) }] } } },
    expected: 'p to b',
  },
  {
    rule: 'a preferred anti-affinity term repels',
    there: { a: [there('w', { labels: web })], bare: [there('v', { labels: web })] },
    pod: {
      nodeSelector: { kind: 'zoned' },
      affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, podAffinityTerm: term(web) }] } },
    },
    expected: 'p to b',
  },
  {
    rule: 'a pod is drawn to those that require to be near it',
    there: { b: [there('w', { labels: web }), there('follower', { affinity: near(web) })], a: [there('v', {}), there('u', {})] },
    pod: { labels: web },
    expected: 'p to b',
  },
  {
    rule: 'and to those that prefer it',
    there: {
      b: [
        there('fan', {
          affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term(web) }] } },
        }),
      ],
      a: [there('v', {})],
    },
    pod: { labels: web, nodeSelector: { kind: 'zoned' } },
    expected: 'p to b',
  },
]

describe('InterPodAffinity', () => {
  for (const { rule, there: onNodes = {}, namespaces = {}, pod, expected } of cases) {
    test(`[SC14] ${rule}`, async (t) => {
      const { core, bound, messages } = startCore(t)
      for (const [name, labels] of Object.entries(namespaces)) core.setNamespace(namespaceOf(name, labels))
      core.setNode(nodeOf('a', { labels: { zone: 'a', kind: 'zoned' } }))
      core.setNode(nodeOf('b', { labels: { zone: 'b', kind: 'zoned' } }))
      core.setNode(nodeOf('bare', { labels: { bare: 'yes' } }))
      for (const [node, pods] of Object.entries(onNodes)) for (const other of pods) core.setPod(placed(other, node))
      core.setPod(podOf('p', pod))
      await settle()
      assert.deepEqual([...bound, ...messages.map(withoutPreemption)], [expected])
    })
  }

  test('[SC14] says in figures what keeps a pod away', async (t) => {
    const { core } = startCore(t)
    core.setNode(nodeOf('a', { labels: { zone: 'a' } }))
    core.setPod(placed(podOf('w', { labels: web }), 'a'))
    core.setPod(podOf('p', { affinity: away(web) }))
    await settle()
    assert.equal(core.verdicts.get('uid-p')?.nodes[0]?.rejections[0]?.detail, '1 pod(s) with app=web in zone=a')
  })

  test('[SC14] follows changes of labels: of pods, nodes and namespaces', async (t) => {
    const { core, bound } = startCore(t)
    const a = nodeOf('a', { labels: { zone: 'a' } })
    core.setNode(a)
    core.setNode(nodeOf('b', { labels: { zone: 'b' } }))
    const other = placed(podOf('w', { namespace: 'other' }), 'a')
    core.setPod(other)
    core.setNamespace(namespaceOf('other', {}))
    core.setPod(podOf('p', { affinity: near(web, { namespaceSelector: { matchLabels: { team: 'y' } } }) }))
    await settle()
    core.setNamespace(namespaceOf('other', { team: 'y' }))
    await settle()
    assert.deepEqual(bound, [])
    core.setPod({ ...other, metadata: { ...other.metadata, labels: web } }, other)
    await settle()
    assert.deepEqual(bound, ['p to a'])
    core.setNode(nodeOf('a', { labels: { zone: 'b' } }), a)
    core.setPod(podOf('q', { affinity: near(web, { namespaces: ['other'] }), nodeName: '', nodeSelector: { zone: 'b' } }))
    core.setPod(podOf('r', { affinity: away(web, { namespaces: ['other'] }) }))
    await settle()
    assert.equal(bound.length, 2, 'q has its pod in zone b now, r has no zone without one')
  })

  test('[SC4] only a pod that the term means wakes a pod that waits for it', async (t) => {
    const { core, bound, messages } = startCore(t)
    core.setNode(nodeOf('a', { labels: { zone: 'a' } }))
    core.setPod(podOf('p', { affinity: near(web) }))
    await settle()
    core.setPod(placed(podOf('other', { labels: { app: 'db' } }), 'a'))
    await settle()
    assert.equal(messages.length, 1)
    core.setPod(placed(podOf('w', { labels: web }), 'a'))
    await settle()
    assert.deepEqual(bound, ['p to a'])
  })
})

const namespaceOf = (name: string, labels: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: {},
  status: {},
})
