import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { podInfoOf } from '../cache/pod-info.ts'
import { SchedulerCache } from '../cache/scheduler-cache.ts'
import { createProfile, type Profile } from '../framework/profile.ts'
import { createNodeResourcesFit } from '../plugins/node-resources-fit/node-resources-fit.ts'
import { prioritySort } from '../plugins/priority-sort/priority-sort.ts'
import { taintToleration } from '../plugins/taint-toleration/taint-toleration.ts'
import { nodeOf, podOf } from '../testing/objects.ts'
import { SchedulingCycle } from './scheduling-cycle.ts'

/** As `profile`, but its filters may look at anything: nothing is remembered. */
function withoutMemory(profile: Profile): Profile {
  return { ...profile, filter: profile.filter.map((plugin) => ({ ...plugin, isNodeLocal: false })) }
}

const profile = createProfile(
  'p',
  [createNodeResourcesFit(), taintToleration, prioritySort, { name: 'Binder', bind: async () => true }].map((plugin) => ({ plugin })),
)

describe('what is remembered of nodes that were wrong', () => {
  test('[SC2] changes nothing about who fits where, and what is told', () => {
    const cache = new SchedulerCache()
    const taints = [{ key: 'k', effect: 'NoSchedule' }]
    for (let i = 0; i < 600; i++) cache.setNode(nodeOf(`n${i}`, { spec: i % 3 === 0 ? { taints } : {} }))
    const remembering = new SchedulingCycle(cache, () => 0.5)
    const forgetting = new SchedulingCycle(cache, () => 0.5)
    let state = 1
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return Math.floor((state / 2 ** 31) * below)
    }
    let placedPods = 0
    for (let step = 0; step < 1500; step++) {
      const pod = podInfoOf(podOf(`p${step}`, { requests: { cpu: String(1 + random(4)) }, priority: random(2) }))
      const result = remembering.run(pod, profile)
      const plain = forgetting.run(pod, withoutMemory(profile))
      if (result instanceof Promise || plain instanceof Promise) throw new Error('there are no extenders')
      assert.equal('placement' in result, 'placement' in plain, `step ${step}`)
      if ('failure' in result && 'failure' in plain) {
        assert.deepEqual(countsOf(result.failure.rejections), countsOf(plain.failure.rejections))
        assert.deepEqual(
          result.attempt
            .resolvableNodes()
            .map(({ name }) => name)
            .toSorted(),
          plain.attempt
            .resolvableNodes()
            .map(({ name }) => name)
            .toSorted(),
        )
      } else if ('placement' in result) {
        cache.setPod(pod, result.placement.nodeName)
        placedPods++
      }
      const node = `n${random(600)}`
      if (step % 5 === 0) for (const uid of cache.get(node)?.pods.keys() ?? []) cache.removePod(uid)
      if (step % 11 === 0) cache.setNode(nodeOf(node, { spec: random(2) ? { taints } : {} }))
      if (step % 17 === 0) cache.nominations.set(podInfoOf(podOf('waits', { requests: { cpu: '4' }, priority: 1 })), node)
      if (step % 23 === 0) cache.removeNode(`n${random(600)}`)
    }
    assert.ok(placedPods > 500 && placedPods < 1500)
  })
})

const countsOf = (rejections: ReadonlyMap<{ readonly reasons: readonly string[] }, { nodes: number }>): Map<string, number> =>
  new Map([...rejections].map(([{ reasons }, { nodes }]) => [reasons.join(), nodes] as const))
