import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Pod } from '@quarterdeck/api'
import { settle } from '@quarterdeck/controller-runtime/testing'

import { nodeOf, placed, podOf, type PodShape } from '../../testing/objects.ts'
import type { Plugin } from '../../framework/plugin.ts'
import { startCore } from '../../testing/start-core.ts'

interface Victim extends PodShape {
  startTime?: string
}

const on = (nodeName: string, name: string, { startTime, ...shape }: Victim): Pod => {
  const pod = placed(podOf(name, shape), nodeName)
  return startTime ? { ...pod, status: { ...pod.status, startTime } } : pod
}

const budget = (name: string, labels: Record<string, string>, disruptionsAllowed: number) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { selector: { matchLabels: labels } },
  status: { disruptionsAllowed },
})

const cpu = (amount: string) => ({ requests: { cpu: amount } })

interface Case {
  rule: string
  /** By node, each of 4 CPUs. */
  there: Record<string, Record<string, Victim>>
  budgets?: ReturnType<typeof budget>[]
  pod?: PodShape
  /** Who is ended, or the message. */
  expected: string[]
}

const cases: Case[] = [
  {
    rule: 'less important pods make way, as few as possible',
    there: { a: { x: { ...cpu('2'), priority: 1 }, y: { ...cpu('1'), priority: 2 }, z: { ...cpu('1'), priority: 3 } } },
    pod: { ...cpu('2'), priority: 10 },
    expected: ['x for p'],
  },
  {
    rule: 'of several, the most important that can be spared is spared',
    there: { a: { x: { ...cpu('2'), priority: 5 }, y: { ...cpu('2'), priority: 1 } } },
    pod: { ...cpu('2'), priority: 10 },
    expected: ['y for p'],
  },
  {
    rule: 'pods of the same priority do not make way',
    there: { a: { x: { ...cpu('4'), priority: 10 } } },
    pod: { ...cpu('2'), priority: 10 },
    expected: [
      'p: 0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ],
  },
  {
    rule: 'nobody makes way where that would not help',
    there: { a: { x: { ...cpu('4'), priority: 1 } } },
    pod: { ...cpu('5'), priority: 10 },
    expected: [
      'p: 0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    ],
  },
  {
    rule: 'not even all less important pods are enough',
    there: { a: { x: { ...cpu('2'), priority: 1 }, y: { ...cpu('2'), priority: 20 } } },
    pod: { ...cpu('3'), priority: 10 },
    expected: ['p: 0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Insufficient cpu.'],
  },
  {
    rule: 'a pod whose policy is Never waits',
    there: { a: { x: { ...cpu('4'), priority: 1 } } },
    pod: { ...cpu('2'), priority: 10, preemptionPolicy: 'Never' },
    expected: ['p: 0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.'],
  },
  {
    rule: 'the node without a violated budget is preferred, even with more important victims',
    there: { a: { x: { ...cpu('4'), priority: 1, labels: { app: 'db' } } }, b: { y: { ...cpu('4'), priority: 5 } } },
    budgets: [budget('b', { app: 'db' }, 0)],
    pod: { ...cpu('2'), priority: 10 },
    expected: ['y for p'],
  },
  {
    rule: 'a budget is violated if there is no other way',
    there: { a: { x: { ...cpu('4'), priority: 1, labels: { app: 'db' } } } },
    budgets: [budget('b', { app: 'db' }, 0)],
    pod: { ...cpu('2'), priority: 10 },
    expected: ['x for p'],
  },
  {
    rule: 'those whose going would violate a budget are spared first',
    there: { a: { x: { ...cpu('2'), priority: 1, labels: { app: 'db' } }, y: { ...cpu('2'), priority: 5 } } },
    budgets: [budget('b', { app: 'db' }, 0)],
    pod: { ...cpu('2'), priority: 10 },
    expected: ['y for p'],
  },
  {
    rule: 'then the node whose most important victim is least important',
    there: { a: { x: { ...cpu('4'), priority: 5 } }, b: { y: { ...cpu('2'), priority: 4 }, z: { ...cpu('2'), priority: 4 } } },
    pod: { ...cpu('4'), priority: 10 },
    expected: ['y for p', 'z for p'],
  },
  {
    rule: 'then the smallest sum of priorities, then the fewest victims',
    there: { a: { x: { ...cpu('4'), priority: 4 } }, b: { y: { ...cpu('2'), priority: 4 }, z: { ...cpu('2'), priority: 4 } } },
    pod: { ...cpu('4'), priority: 10 },
    expected: ['x for p'],
  },
  {
    rule: 'then the victims that started last',
    there: {
      a: { x: { ...cpu('4'), startTime: '2026-01-01T00:00:00Z' } },
      b: { y: { ...cpu('4'), startTime: '2026-01-02T00:00:00Z' } },
    },
    pod: { ...cpu('4'), priority: 10 },
    expected: ['y for p'],
  },
  {
    rule: 'a host port is made free',
    there: { a: { x: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] }, y: {} } },
    pod: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }], priority: 10 },
    expected: ['x for p'],
  },
  {
    rule: 'a pod that keeps it away by anti-affinity makes way',
    there: {
      a: {
        x: { labels: { app: 'other' } },
        y: {
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } }],
            },
          },
        },
      },
    },
    pod: { labels: { app: 'web' }, priority: 10 },
    expected: ['y for p'],
  },
  {
    rule: 'a pod that makes the spread uneven makes way',
    there: { a: { x: { labels: { app: 'web' } }, y: { labels: { app: 'db' } } }, full: { z: { ...cpu('4'), priority: 20 } } },
    pod: {
      labels: { app: 'web' },
      priority: 10,
      ...cpu('1'),
      topologySpreadConstraints: [
        { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } },
      ],
    },
    expected: ['x for p'],
  },
]

describe('DefaultPreemption', () => {
  for (const { rule, there, budgets = [], pod = {}, expected } of cases) {
    test(`[SC16] ${rule}`, async (t) => {
      const { core, messages, victims } = startCore(t, { objects: budgets })
      for (const [name, pods] of Object.entries(there)) {
        core.setNode(nodeOf(name, { labels: { zone: name } }))
        for (const [podName, shape] of Object.entries(pods)) core.setPod(on(name, podName, shape))
      }
      core.setPod(podOf('p', pod))
      await settle()
      assert.deepEqual(victims.length > 0 ? victims.toSorted() : messages, expected)
    })
  }

  test('[SC17] a pod is placed on its node when the last victim has left, and others of lower priority cannot take the room', async (t) => {
    const { core, bound, victims } = startCore(t)
    core.setNode(nodeOf('a'))
    const x = on('a', 'x', { ...cpu('2') })
    const y = on('a', 'y', { ...cpu('2') })
    core.setPod(x)
    core.setPod(y)
    core.setPod(podOf('p', { ...cpu('4'), priority: 10 }))
    await settle()
    assert.deepEqual(victims.toSorted(), ['x for p', 'y for p'])
    assert.equal(core.cache.nominations.nodeOf('uid-p'), 'a')
    core.removePod(x)
    await settle()
    core.setPod(podOf('late', cpu('1')))
    await settle()
    assert.deepEqual(bound, [])
    core.removePod(y)
    await settle()
    assert.deepEqual(bound, ['p to a'])
    assert.equal(core.cache.nominations.size, 0)
  })

  test('[SC17] meanwhile it is tried when something else may help it, not when the victims of others leave', async (t) => {
    let tried = 0
    const counting: Plugin = {
      name: 'Counting',
      preFilter: ({ pod }) => {
        if (pod.metadata.name === 'p') tried++
        return undefined
      },
      hints: {},
    }
    const { core, bound, victims } = startCore(t, { extra: [counting] })
    for (const node of ['a', 'b']) core.setNode(nodeOf(node))
    const [x, y] = [on('a', 'x', cpu('4')), on('b', 'y', { ...cpu('2'), priority: 1 })]
    const z = on('b', 'z', { ...cpu('2'), priority: 20 })
    for (const pod of [x, y, z]) core.setPod(pod)
    core.setPod(podOf('p', { ...cpu('4'), priority: 10 }))
    await settle()
    core.setPod(podOf('q', { ...cpu('2'), priority: 5 }))
    await settle()
    assert.deepEqual([victims, tried], [['x for p', 'y for q'], 1])
    core.removePod(y)
    await settle()
    assert.deepEqual([bound, tried], [['q to b'], 1])
    core.removePod({ ...podOf('q'), spec: { ...podOf('q').spec, nodeName: 'b' } })
    core.removePod(z)
    await settle()
    assert.deepEqual(victims, ['x for p', 'y for q'])
    assert.deepEqual(bound, ['q to b', 'p to b'])
  })

  test('[SC17] a pod of higher priority takes over the room, and the nomination with it', async (t) => {
    const { core, bound } = startCore(t)
    core.setNode(nodeOf('a'))
    const x = on('a', 'x', cpu('4'))
    core.setPod(x)
    core.setPod(podOf('p', { ...cpu('4'), priority: 10 }))
    await settle()
    core.setPod(podOf('q', { ...cpu('4'), priority: 20 }))
    await settle()
    assert.deepEqual([core.cache.nominations.nodeOf('uid-p'), core.cache.nominations.nodeOf('uid-q')], [undefined, 'a'])
    core.removePod(x)
    await settle()
    assert.deepEqual(bound, ['q to a'])
  })

  test('[SC17] while a victim terminates no others are chosen', async (t) => {
    const { core, clock, messages, victims } = startCore(t)
    core.setNode(nodeOf('a'))
    const x = on('a', 'x', cpu('4'))
    core.setPod(x)
    core.setPod(on('b', 'elsewhere', cpu('4')))
    core.setPod(podOf('p', { ...cpu('4'), priority: 10 }))
    await settle()
    const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }]
    core.setPod({ ...x, metadata: { ...x.metadata, generation: 2, deletionTimestamp: '2026-01-01T00:00:30Z' }, status: { conditions } }, x)
    await clock.advance(400_000)
    assert.deepEqual(victims, ['x for p'])
    assert.match(messages.at(-1) ?? '', /preemption: not eligible due to a terminating pod on the nominated node\.$/)
  })

  test('[SC17] a nomination noted before a restart is honoured', async (t) => {
    const { core, bound, messages } = startCore(t)
    core.setNode(nodeOf('a'))
    const pod = podOf('p', { ...cpu('4'), priority: 10, schedulerName: 'another' })
    core.setPod({ ...pod, status: { ...pod.status, nominatedNodeName: 'a' } })
    core.setPod(podOf('late', cpu('1')))
    await settle()
    assert.deepEqual([bound, messages.length], [[], 1])
  })

  test('[SC17] a victim that could not be ended is tried again', async (t) => {
    let failures = 1
    const { core, clock, victims } = startCore(t, {
      preempt: async () => {
        if (failures-- > 0) throw new Error('no database')
      },
    })
    core.setNode(nodeOf('a'))
    core.setPod(on('a', 'x', cpu('4')))
    core.setPod(podOf('p', { ...cpu('4'), priority: 10 }))
    await clock.advance(2000)
    assert.deepEqual(victims, ['x for p', 'x for p'])
  })

  test('[SC16] identical pods look for victims once on each node, and never on the same', async (t) => {
    const { core, bound, victims } = startCore(t, { preempt: async ({ victim: { pod } }) => core.removePod(pod) })
    for (let i = 0; i < 300; i++) {
      core.setNode(nodeOf(`n${i}`))
      core.setPod(on(`n${i}`, `x${i}`, cpu('4')))
    }
    for (let i = 0; i < 300; i++) core.setPod(podOf(`p${i}`, { ...cpu('4'), priority: 10 }))
    while (bound.length < 300) await settle()
    assert.equal(new Set(victims.map((text) => text.split(' ')[0])).size, 300)
    assert.equal(new Set(bound.map((text) => text.split(' ')[2])).size, 300)
  })
})
