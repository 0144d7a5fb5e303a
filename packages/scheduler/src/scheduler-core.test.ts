import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ApiError } from '@quarterdeck/api-machinery'
import { settle } from '@quarterdeck/controller-runtime/testing'

import { feasibleNodesWanted } from './cycle/feasible-count.ts'
import type { Plugin } from './framework/plugin.ts'
import { nodeOf, podOf } from './testing/objects.ts'
import { startCore, withoutPreemption } from './testing/start-core.ts'

describe('scheduler', () => {
  test('[SC1] places pods by priority, then in the order in which they came', async (t) => {
    const { core, bound } = startCore(t)
    core.setNode(nodeOf('n'))
    core.setPod(podOf('first'))
    core.setPod(podOf('second'))
    core.setPod(podOf('urgent', { priority: 10 }))
    await settle()
    assert.deepEqual(bound, ['urgent to n', 'first to n', 'second to n'])
  })

  test('[SC2] says why a pod fits nowhere in the words of kube-scheduler, and keeps every verdict with figures', async (t) => {
    const { core, messages } = startCore(t)
    core.setNode(nodeOf('small', { allocatable: { cpu: '1400m' } }))
    core.setNode(nodeOf('small-too', { allocatable: { cpu: '1' } }))
    core.setNode(nodeOf('tainted', { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] }, allocatable: { cpu: '1' } }))
    const pod = podOf('p', { requests: { cpu: '2' } })
    core.setPod(pod)
    await settle()
    assert.deepEqual(messages.map(withoutPreemption), [
      'p: 0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.',
    ])
    const verdicts = core.verdicts.get(pod.metadata.uid)
    assert.deepEqual(
      verdicts?.nodes.map(({ node, rejections }) => [node, rejections.map(({ plugin, detail }) => `${plugin}: ${detail}`)]),
      [
        ['small', ['NodeResourcesFit: needs 2 CPU; 1.4 CPU free of 1.4 CPU']],
        ['small-too', ['NodeResourcesFit: needs 2 CPU; 1 CPU free of 1 CPU']],
        ['tainted', ['TaintToleration: does not tolerate k=v:NoSchedule', 'NodeResourcesFit: needs 2 CPU; 1 CPU free of 1 CPU']],
      ],
    )
  })

  test('[SC3] without nodes the message says so, and the first node is tried at once as nothing else is to be tried', async (t) => {
    const { core, bound, messages } = startCore(t)
    core.setPod(podOf('p'))
    await settle()
    assert.deepEqual(messages, ['p: no nodes available to schedule pods'])
    core.setNode(nodeOf('n'))
    await settle()
    assert.deepEqual(bound, ['p to n'])
    assert.equal(core.verdicts.get('uid-p'), undefined)
  })

  test('[SC4] an event that cannot help does not cause an attempt', async (t) => {
    const { core, clock, messages } = startCore(t)
    const small = nodeOf('small', { allocatable: { cpu: '1' } })
    core.setNode(small)
    core.setPod(podOf('p', { requests: { cpu: '2' } }))
    await settle()
    core.setNode(nodeOf('small', { allocatable: { cpu: '1' }, labels: { a: 'b' } }), small)
    core.setNode(nodeOf('small-too', { allocatable: { cpu: '1' } }))
    await clock.advance(60_000)
    assert.equal(messages.length, 1)
    await clock.advance(300_000)
    assert.equal(messages.length, 2, 'tried again after five minutes in any case')
  })

  test('[SC5] a pod that leaves makes room for one that waits', async (t) => {
    const { core, clock, bound } = startCore(t)
    core.setNode(nodeOf('n'))
    const first = podOf('first', { requests: { cpu: '3' } })
    core.setPod(first)
    await settle()
    core.setPod({ ...first, spec: { ...first.spec, nodeName: 'n' } }, first)
    core.setPod(podOf('second', { requests: { cpu: '3' } }))
    await settle()
    core.removePod({ ...first, spec: { ...first.spec, nodeName: 'n' } })
    await clock.advance(1000)
    assert.deepEqual(bound, ['first to n', 'second to n'])
  })

  test('[SC6] a placed pod counts on its node before its binding is stored', async (t) => {
    const { core, bound, messages } = startCore(t, { bind: () => new Promise((resolve) => setTimeout(resolve, 20)) })
    core.setNode(nodeOf('n'))
    core.setPod(podOf('first', { requests: { cpu: '3' } }))
    core.setPod(podOf('second', { requests: { cpu: '3' } }))
    await settle()
    assert.deepEqual(bound, [])
    assert.deepEqual(messages.map(withoutPreemption), ['second: 0/1 nodes are available: 1 Insufficient cpu.'])
  })

  test('[SC7] a binding that fails frees the node and is tried again after the backoff', async (t) => {
    let failures = 1
    const { core, clock, bound, messages } = startCore(t, {
      bind: async () => {
        if (failures-- > 0) throw new ApiError('ServiceUnavailable', 'no database')
      },
    })
    core.setNode(nodeOf('n'))
    core.setPod(podOf('p', { requests: { cpu: '3' } }))
    await settle()
    assert.equal(core.cache.assumedPods, 0)
    assert.equal(messages.length, 1)
    await clock.advance(1000)
    assert.deepEqual(bound, ['p to n'])
  })

  test('[SC13] a pod that a plugin cannot cope with does not stop the others', async (t) => {
    const fragile: Plugin = {
      name: 'Fragile',
      filter: ({ pod }) => {
        if (pod.metadata.name === 'poison') throw new Error('poisoned')
        return undefined
      },
    }
    const { core, bound, messages } = startCore(t, { extra: [fragile] })
    core.setNode(nodeOf('n'))
    core.setPod(podOf('poison', { priority: 1 }))
    core.setPod(podOf('fine'))
    await settle()
    assert.deepEqual([bound, messages], [['fine to n'], ['poison: Error: poisoned']])
  })

  test('[SC8] a pod with scheduling gates waits until the last is removed', async (t) => {
    const { core, bound, messages } = startCore(t)
    core.setNode(nodeOf('n'))
    const gated = podOf('p', { schedulingGates: [{ name: 'quota' }] })
    core.setPod(gated)
    await settle()
    assert.deepEqual([bound, messages], [[], ['p: waiting for scheduling gates: [quota]']])
    core.setPod({ ...gated, metadata: { ...gated.metadata, generation: 2 }, spec: { ...gated.spec, schedulingGates: [] } }, gated)
    await settle()
    assert.deepEqual(bound, ['p to n'])
  })

  test('[SC9] pods of another scheduler are left to it', async (t) => {
    const { core, bound } = startCore(t)
    core.setNode(nodeOf('n'))
    core.setPod(podOf('p', { schedulerName: 'mine' }))
    await settle()
    assert.deepEqual(bound, [])
  })

  test('[SC11] of up to 100 nodes all are looked at, of more a falling share', () => {
    assert.deepEqual(
      [1, 99, 100, 1000, 5000, 15_000].map((nodes) => feasibleNodesWanted(nodes)),
      [1, 99, 100, 420, 500, 750],
    )
  })

  test('[SC12] spreads pods over nodes by what they request', async (t) => {
    const { core, bound } = startCore(t)
    core.setNode(nodeOf('a'))
    core.setNode(nodeOf('b'))
    for (let i = 0; i < 4; i++) core.setPod(podOf(`p${i}`, { requests: { cpu: '500m', memory: '1Gi' } }))
    await settle()
    assert.equal(bound.filter((text) => text.endsWith('to a')).length, 2)
  })
})
