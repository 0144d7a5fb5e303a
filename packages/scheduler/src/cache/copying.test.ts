import assert from 'node:assert/strict'
import { test } from 'node:test'

import { nodeOf, podInfo } from '../testing/objects.ts'
import { SchedulerCache } from './scheduler-cache.ts'

const contentOf = (cache: SchedulerCache) =>
  cache.nodes
    .map(({ name, labels, requested, pods }) => ({
      name,
      labels,
      cpu: requested.milliCpu,
      pods: [...pods.keys()].toSorted(),
      nominated: cache.nominations.on(name).map(({ uid }) => uid),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** The same numbers every time. */
function createDice(): (sides: number) => number {
  let state = 7
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % sides
  }
}

test('[SC28] a copy made in pauses, while nodes and pods come and go, shows the last moment', () => {
  const dice = createDice()
  const cache = new SchedulerCache()
  let count = 0
  const change = (): void => {
    const name = `n${dice(30)}`
    const uid = `uid-p${dice(200)}`
    switch (dice(6)) {
      case 0:
        return cache.setNode(nodeOf(name, { labels: { zone: `z${dice(3)}` } }))
      case 1:
        return cache.removeNode(name)
      case 2:
        return cache.removePod(uid)
      case 3:
        return cache.nominations.set(podInfo(`waiting-${dice(20)}`), name)
      case 4:
        return cache.setNamespace(`space-${dice(5)}`, { turn: String(count++) })
      default:
        return cache.setPod(podInfo(`p${dice(200)}`, { requests: { cpu: `${1 + dice(9)}` } }), name)
    }
  }
  for (let round = 0; round < 200; round++) {
    for (let i = 0; i < 100; i++) change()
    const copying = cache.copying()
    let step = copying.next()
    for (; !step.done; step = copying.next()) for (let i = dice(4); i > 0; i--) change()
    // The last step is made without a pause: nothing changed since.
    assert.deepEqual(contentOf(step.value), contentOf(cache), `round ${round}`)
    for (let i = 0; i < 5; i++) assert.deepEqual(step.value.namespaceLabels(`space-${i}`), cache.namespaceLabels(`space-${i}`))
  }
})
