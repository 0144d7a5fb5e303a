import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { settle } from '@quarterdeck/controller-runtime/testing'

import { createDefaultProfile } from './configuration/create-profiles.ts'
import type { Plugin } from './framework/plugin.ts'
import { createProfile } from './framework/profile.ts'
import { rejection } from './framework/rejection.ts'
import type { CoreHandle } from './scheduler-core.ts'
import { nodeOf, placed, podOf } from './testing/objects.ts'
import { startCore } from './testing/start-core.ts'

/** Records at which extension points it was called for a Pod. */
function tracing(calls: string[], own: Partial<Plugin> = {}): Plugin {
  return {
    name: 'Tracing',
    preEnqueue: () => void calls.push('preEnqueue'),
    preFilter: () => void calls.push('preFilter'),
    filter: () => void calls.push('filter'),
    preScore: () => void calls.push('preScore'),
    score: () => {
      calls.push('score')
      return 0
    },
    normalize: () => void calls.push('normalize'),
    reserve: () => void calls.push('reserve'),
    unreserve: () => void calls.push('unreserve'),
    permit: () => void calls.push('permit'),
    preBind: async () => void calls.push('preBind'),
    postBind: () => void calls.push('postBind'),
    hints: {},
    ...own,
  }
}

describe('extension points', () => {
  test('[SC21] are called in their order', async (t) => {
    const calls: string[] = []
    const { core, bound } = startCore(t, { extra: [tracing(calls)] })
    core.setNode(nodeOf('a'))
    core.setNode(nodeOf('b'))
    core.setPod(podOf('p'))
    await settle()
    assert.equal(bound.length, 1)
    const search = ['preEnqueue', 'preFilter', 'filter', 'filter', 'preScore', 'score', 'score', 'normalize']
    assert.deepEqual(calls, [...search, 'reserve', 'permit', 'preBind', 'postBind'])
  })

  test('[SC21] a plugin that skips is not asked further', async (t) => {
    const calls: string[] = []
    const { core } = startCore(t, { extra: [tracing(calls, { preFilter: () => 'skip', preScore: () => 'skip' })] })
    core.setNode(nodeOf('a'))
    core.setNode(nodeOf('b'))
    core.setPod(podOf('p'))
    await settle()
    assert.deepEqual(calls, ['preEnqueue', 'reserve', 'permit', 'preBind', 'postBind'])
  })

  for (const point of ['reserve', 'permit', 'preBind'] as const) {
    test(`[SC21] what was held is given back if ${point} turns the pod away, and the pod waits for an event`, async (t) => {
      const calls: string[] = []
      const refuse = rejection('not now')
      const plugin = tracing(calls, { [point]: point === 'preBind' ? async () => refuse : () => refuse })
      const { core, bound, messages } = startCore(t, { extra: [plugin] })
      core.setNode(nodeOf('a'))
      core.setPod(podOf('p'))
      await settle()
      assert.deepEqual([bound, messages], [[], ['p: not now']])
      assert.equal(calls.at(-1), 'unreserve')
      assert.deepEqual([core.cache.assumedPods, core.sizes.unschedulable], [0, 1])
    })
  }

  test('[SC21] names of nodes from a preFilter leave the others unasked', async (t) => {
    const asked: string[] = []
    const only: Plugin = {
      name: 'Only',
      preFilter: () => ({ nodeNames: new Set(['b', 'gone']) }),
      filter: (_pod, node) => {
        asked.push(node.name)
        return rejection('not this one')
      },
      hints: {},
    }
    const { core, messages } = startCore(t, { extra: [only] })
    for (const name of ['a', 'b', 'c']) core.setNode(nodeOf(name))
    core.setPod(podOf('p'))
    await settle()
    // Later all are asked, for the explanation.
    assert.equal(asked[0], 'b')
    assert.match(messages[0] ?? '', /^p: 0\/3 nodes are available: 1 not this one, 2 node\(s\) didn't satisfy plugin\(s\) \[Only\]\./)
  })
})

describe('permission', () => {
  const start = (t: Parameters<typeof startCore>[0]) => {
    let handle: CoreHandle | undefined
    const gate: Plugin = { name: 'Gate', permit: () => ({ waitMs: 5000 }), hints: {} }
    const started = startCore(t, {
      profiles: (environment) => {
        handle = environment.core
        const { plugins } = createDefaultProfile(environment)
        return [
          createProfile(
            'default-scheduler',
            [...plugins, gate].map((plugin) => ({ plugin })),
          ),
        ]
      },
    })
    started.core.setNode(nodeOf('a'))
    started.core.setPod(podOf('p', { requests: { cpu: '4' } }))
    return { ...started, permits: () => handle!.permits }
  }

  test('[SC22] a pod that waits for it counts on its node, and is bound when allowed', async (t) => {
    const { core, bound, permits } = start(t)
    core.setPod(podOf('other'))
    await settle()
    assert.deepEqual([core.cache.assumedPods, bound], [2, []])
    assert.deepEqual(permits().get('uid-p')?.pendingPlugins, ['Gate'])
    permits().get('uid-p')?.allow('Gate')
    await settle()
    assert.deepEqual(bound, ['p to a'])
  })

  test('[SC22] a pod that is refused, or waits too long, goes back', async (t) => {
    const { clock, messages, permits } = start(t)
    await settle()
    await clock.advance(5000)
    assert.deepEqual(messages, ['p: rejected due to timeout after waiting 5s at plugin Gate'])
    assert.equal(permits().list().length, 0)
  })

  test('[SC22] a pod that is deleted meanwhile is forgotten', async (t) => {
    const { core, bound, messages, permits } = start(t)
    await settle()
    core.removePod(podOf('p'))
    await settle()
    assert.deepEqual([bound, messages, permits().list().length, core.sizes.binding, core.cache.assumedPods], [[], [], 0, 0, 0])
  })

  test('[SC22] preemption turns away who waits instead of deleting it', async (t) => {
    const { core, messages, victims, permits } = start(t)
    await settle()
    core.setPod(podOf('high', { requests: { cpu: '4' }, priority: 10 }))
    await settle()
    assert.deepEqual(victims, [])
    assert.ok(messages.includes('p: preempted'))
    permits().get('uid-high')?.allow('Gate')
    await settle()
    assert.equal(core.cache.nodeOf('uid-high'), 'a')
  })
})

describe('a pod that is deleted while it is bound', () => {
  test('[SC7] is forgotten, and what it waited for is given up', async (t) => {
    let aborted = false
    const slow: Plugin = {
      name: 'Slow',
      preBind: (_pod, _node, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true
            reject(new Error('given up'))
          })
        }),
      hints: {},
    }
    const { core, messages } = startCore(t, { extra: [slow] })
    core.setNode(nodeOf('a'))
    core.setPod(podOf('p', { requests: { cpu: '4' } }))
    await settle()
    core.removePod(podOf('p'))
    await settle()
    assert.deepEqual([aborted, messages, core.sizes.binding, core.cache.assumedPods], [true, [], 0, 0])
  })

  test('[SC6] those that wait for their volumes do not hold up others', async (t) => {
    const slow: Plugin = {
      name: 'Slow',
      preBind: ({ pod }, _node, { signal }) =>
        pod.metadata.name === 'fast'
          ? undefined
          : new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('given up')))),
      hints: {},
    }
    const { core, bound } = startCore(t, { extra: [slow] })
    core.setNode(nodeOf('a', { allocatable: { pods: '2000' } }))
    for (let i = 0; i < 600; i++) core.setPod(podOf(`slow-${i}`))
    core.setPod(podOf('fast'))
    await settle()
    while (bound.length === 0) await settle()
    assert.deepEqual(bound, ['fast to a'])
  })

  test('[SC5] the room of a pod placed by another is known at once', async (t) => {
    const { core, messages } = startCore(t)
    core.setNode(nodeOf('a'))
    core.setPod(placed(podOf('theirs', { requests: { cpu: '4' }, schedulerName: 'other' }), 'a'))
    core.setPod(podOf('p', { requests: { cpu: '1' } }))
    await settle()
    assert.equal(messages.length, 1)
  })
})
