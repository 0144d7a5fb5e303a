import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { settle } from '@quarterdeck/controller-runtime/testing'

import type { ClusterEvent } from '../framework/cluster-event.ts'
import type { Plugin } from '../framework/plugin.ts'
import { rejection } from '../framework/rejection.ts'
import { nodeOf, placed, podOf } from '../testing/objects.ts'
import { startCore } from '../testing/start-core.ts'

const large = { requests: { cpu: '9' } }

describe('the queue', () => {
  test('[SC24] ten thousand pods that fit nowhere cost nothing while nothing helps them', async (t) => {
    let asked = 0
    const counting: Plugin = {
      name: 'Counting',
      filter: () => {
        asked++
        return undefined
      },
      hints: {},
    }
    const { core, messages } = startCore(t, { extra: [counting] })
    const node = nodeOf('a', { labels: { v: '0' } })
    core.setNode(node)
    for (let i = 0; i < 10_000; i++) core.setPod(podOf(`large-${i}`, large))
    while (messages.length < 10_000) await settle()
    const before = asked
    assert.ok(before < 100, `one pod of a kind is tried for all, not ${before} times`)
    core.setNode(nodeOf('a', { labels: { v: '1' } }), node)
    core.setPod(placed(podOf('small'), 'a'))
    core.removePod(placed(podOf('small'), 'a'))
    core.setNode(nodeOf('b'))
    await settle()
    assert.deepEqual([messages.length, asked], [10_000, before])
    assert.equal(core.sizes.unschedulable, 10_000)
  })

  test('[SC24] pods of one kind wait as one: a hint is asked once for all of them', async (t) => {
    let hints = 0
    const picky: Plugin = {
      name: 'Picky',
      filter: () => rejection('no'),
      hints: {
        'node added': () => {
          hints++
          return false
        },
      },
    }
    const { core, messages } = startCore(t, { extra: [picky] })
    core.setNode(nodeOf('a'))
    for (let i = 0; i < 100; i++) core.setPod(podOf(`p${i}`))
    for (let i = 0; i < 100; i++) core.setPod(podOf(`q${i}`, { labels: { app: 'q' } }))
    while (messages.length < 200) await settle()
    core.setNode(nodeOf('b'))
    assert.equal(hints, 2)
  })

  test('[SC24] labels do not make pods different for plugins that look at none', async (t) => {
    let hints = 0
    const local: Plugin = {
      name: 'Local',
      isNodeLocal: true,
      filter: () => rejection('no'),
      hints: {
        'node added': () => {
          hints++
          return false
        },
      },
    }
    const { core, messages } = startCore(t, { extra: [local] })
    core.setNode(nodeOf('a'))
    for (let i = 0; i < 100; i++) core.setPod(podOf(`p${i}`, { labels: { 'apps.kubernetes.io/pod-index': String(i) } }))
    while (messages.length < 100) await settle()
    core.setNode(nodeOf('b'))
    assert.equal(hints, 1)
  })

  test('[SC24] all that an event may help are tried again, and those that still fit nowhere wait on', async (t) => {
    const { core, bound } = startCore(t)
    core.setNode(nodeOf('a', { allocatable: { cpu: '1' } }))
    for (let i = 0; i < 50; i++) core.setPod(podOf(`p${i}`, { requests: { cpu: '2' } }))
    await settle()
    core.setNode(nodeOf('b', { allocatable: { cpu: '40' } }))
    while (bound.length < 20) await settle()
    await settle()
    assert.deepEqual([bound.length, core.sizes.unschedulable], [20, 30])
  })

  test('[SC25] an event while a pod is being tried is not lost', async (t) => {
    let announce: (event: ClusterEvent) => void = () => {}
    let refusals = 1
    const late: Plugin = {
      name: 'Late',
      preBind: async (pod) => {
        if (refusals-- <= 0) return undefined
        // What would have helped happens before the Pod is back in the queue.
        announce({ type: 'pod left', pod: { ...pod, uid: 'another' }, nodeName: 'a', node: undefined })
        return rejection('not now')
      },
      hints: { 'pod left': () => true },
    }
    const { core, bound, messages } = startCore(t, { extra: [late] })
    announce = (event) => core.announce(event)
    core.setNode(nodeOf('a'))
    core.setPod(podOf('p'))
    await settle()
    assert.deepEqual([messages, bound], [['p: not now'], ['p to a']])
  })

  test('[SC25] that its own placing was undone does not wake a pod', async (t) => {
    let attempts = 0
    const never: Plugin = {
      name: 'Never',
      permit: () => {
        attempts++
        return rejection('never')
      },
      hints: { 'pod left': () => true },
    }
    const { core, clock } = startCore(t, { extra: [never] })
    core.setNode(nodeOf('a'))
    core.setPod(podOf('p'))
    await clock.advance(60_000)
    assert.equal(attempts, 1)
  })

  test('[SC26] a pod of high priority overtakes all that wait to be tried', async (t) => {
    let release = (): void => {}
    const first = new Promise<void>((resolve) => (release = resolve))
    const { core, bound } = startCore(t, { bind: (pod) => (pod === 'p0' ? first : Promise.resolve()) })
    core.setNode(nodeOf('a', { allocatable: { cpu: '100', pods: '1000' } }))
    for (let i = 0; i < 300; i++) core.setPod(podOf(`p${i}`, { requests: { cpu: '100m' } }))
    core.setPod(podOf('urgent', { priority: 1000, requests: { cpu: '100m' } }))
    await settle()
    release()
    assert.equal(bound[0], 'urgent to a')
  })

  test('[SC26] important pods that fit nowhere do not starve the others, however often they are woken', async (t) => {
    const { core, bound } = startCore(t)
    core.setNode(nodeOf('a', { allocatable: { cpu: '100', pods: '1000' } }))
    for (let i = 0; i < 100; i++) core.setPod(podOf(`important-${i}`, { requests: { 'example.com/gpu': '1' }, priority: 1000 }))
    for (let i = 0; i < 100; i++) {
      core.setNode(nodeOf(`gpu-${i}`, { allocatable: { 'example.com/gpu': '1', pods: '0' } }))
      core.setPod(podOf(`p${i}`, { requests: { cpu: '100m' } }))
      await settle()
    }
    while (bound.length < 100) await settle()
    assert.ok(bound.every((text) => text.startsWith('p')))
  })

  test('[SC3] a scheduler that fails is not asked again before the backoff, even if nothing else is to be tried', async (t) => {
    let failures = 3
    const { core, clock, bound, messages } = startCore(t, {
      bind: async () => {
        if (failures-- > 0) throw new Error('no database')
      },
    })
    core.setNode(nodeOf('a'))
    core.setPod(podOf('p'))
    await clock.advance(999)
    assert.equal(messages.length, 1)
    await clock.advance(1)
    assert.equal(messages.length, 2)
    await clock.advance(1999)
    assert.equal(messages.length, 2)
    await clock.advance(4001)
    assert.deepEqual(bound, ['p to a'])
  })

  test('[SC4] a change of the pod itself wakes it only if it may help', async (t) => {
    const taint = { key: 'k', value: 'v', effect: 'NoSchedule' }
    const { core, bound, messages } = startCore(t)
    core.setNode(nodeOf('a', { spec: { taints: [taint] } }))
    const pod = podOf('p')
    core.setPod(pod)
    await settle()
    const relabelled = { ...pod, metadata: { ...pod.metadata, generation: 2, labels: { a: 'b' } } }
    core.setPod(relabelled, pod)
    await settle()
    assert.equal(messages.length, 1)
    const tolerating = { ...relabelled, metadata: { ...relabelled.metadata, generation: 3 }, spec: { ...pod.spec, tolerations: [taint] } }
    core.setPod(tolerating, relabelled)
    await settle()
    assert.deepEqual(bound, ['p to a'])
  })
})
