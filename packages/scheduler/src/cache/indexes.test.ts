import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Node, Pod } from '@quarterdeck/api'

import { infoOf, nodeOf, placed, podOf } from '../testing/objects.ts'
import { podInfoOf, type PodInfo } from './pod-info.ts'
import { createPodMatcher, matchesPod } from './pod-matcher.ts'
import { SchedulerCache } from './scheduler-cache.ts'
import type { TallySpec } from './tally.ts'

/** Numbers that look random and are the same in every run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}

const zones = ['a', 'b', 'c']
const apps = ['web', 'db', 'cache']

const specs: TallySpec[] = [
  { matchers: [createPodMatcher(['default'], { matchLabels: { app: 'web' } })], topologyKey: 'zone', countsTerminating: true },
  { matchers: [createPodMatcher(['default'], { matchLabels: { app: 'web' } })], topologyKey: 'zone', countsTerminating: false },
  {
    matchers: [createPodMatcher([], { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, { matchLabels: { team: 'x' } })],
    topologyKey: 'host',
    countsTerminating: true,
  },
  {
    matchers: [createPodMatcher(['default', 'other'], { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['db'] }] })],
    topologyKey: 'zone',
    countsTerminating: true,
    nodes: { id: 'with disk', includes: ({ labels }) => labels['disk'] === 'ssd' },
  },
]

/** The cluster as the changes made it, without any index. */
interface Model {
  nodes: Map<string, Node>
  pods: Map<string, Pod>
  namespaces: Map<string, Record<string, string>>
}

function domainsOf({ nodes, pods, namespaces }: Model, { matchers, topologyKey, countsTerminating, nodes: taking }: TallySpec) {
  const domains = new Map<string, number>()
  for (const node of nodes.values()) {
    const value = node.metadata.labels?.[topologyKey]
    if (value === undefined || taking?.includes(infoOf(node)) === false) continue
    let count = domains.get(value) ?? 0
    for (const pod of pods.values()) {
      if (pod.spec.nodeName !== node.metadata.name || (!countsTerminating && pod.metadata.deletionTimestamp)) continue
      if (matchers.every((matcher) => matchesPod(matcher, podInfoOf(pod), (name) => namespaces.get(name)))) count++
    }
    domains.set(value, count)
  }
  return domains
}

/** Holders by domain of every anti-affinity term that means the Pod. */
function againstOf({ nodes, pods, namespaces }: Model, pod: PodInfo): Map<string, number> {
  const holders = new Map<string, number>()
  for (const other of pods.values()) {
    const node = nodes.get(other.spec.nodeName ?? '')
    for (const { matcher, topologyKey } of podInfoOf(other).terms.requiredAntiAffinity) {
      const value = node?.metadata.labels?.[topologyKey]
      if (value === undefined || !matchesPod(matcher, pod, (name) => namespaces.get(name))) continue
      const key = `${topologyKey}=${value}`
      holders.set(key, (holders.get(key) ?? 0) + 1)
    }
  }
  return holders
}

function change(cache: SchedulerCache, model: Model, random: (below: number) => number): void {
  const name = `n${random(6)}`
  const labels = {
    ...(random(4) ? { zone: zones[random(3)]! } : {}),
    host: name,
    ...(random(2) ? { disk: 'ssd' } : {}),
  }
  const podName = `p${random(40)}`
  switch (random(8)) {
    case 0:
      cache.removeNode(name)
      model.nodes.delete(name)
      return
    case 1:
    case 2: {
      const node = nodeOf(name, { labels })
      cache.setNode(node)
      model.nodes.set(name, node)
      return
    }
    case 3: {
      const team = { team: random(2) ? 'x' : 'y' }
      cache.setNamespace('default', team)
      model.namespaces.set('default', team)
      return
    }
    case 4:
      cache.removePod(`uid-${podName}`)
      model.pods.delete(podName)
      return
    default: {
      const term = { topologyKey: random(2) ? 'zone' : 'host', labelSelector: { matchLabels: { app: apps[random(3)]! } } }
      const pod = placed(
        podOf(podName, {
          labels: { app: apps[random(3)]! },
          namespace: random(3) ? 'default' : 'other',
          ...(random(4) ? {} : { deletionTimestamp: '2026-01-01T00:00:00Z' }),
          ...(random(3) ? {} : { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }),
        }),
        name,
      )
      cache.setPod(podInfoOf(pod), name)
      model.pods.set(podName, pod)
    }
  }
}

describe('indexes of the scheduler', () => {
  test('a copy says the same, and goes its own way', () => {
    const random = randomFrom(99)
    const cache = new SchedulerCache()
    const model: Model = { nodes: new Map(), pods: new Map(), namespaces: new Map() }
    for (let step = 0; step < 200; step++) change(cache, model, random)
    const copied = cache.copy()
    for (const spec of specs) assert.deepEqual(new Map(copied.tally(spec).domains()), new Map(cache.tally(spec).domains()))
    const before = new Map([...cache.tally(specs[0]!).domains()].map(([value, { pods }]) => [value, pods]))
    for (const { name } of cache.nodes) copied.removeNode(name)
    assert.equal(copied.nodes.length, 0)
    assert.deepEqual(new Map([...cache.tally(specs[0]!).domains()].map(([value, { pods }]) => [value, pods])), before)
  })

  for (let seed = 1; seed <= 20; seed++) {
    test(`say the same as a look at everything, after any changes (${seed})`, () => {
      const random = randomFrom(seed)
      const cache = new SchedulerCache()
      const model: Model = { nodes: new Map(), pods: new Map(), namespaces: new Map() }
      const asking = apps.map((app) => podInfoOf(podOf('asking', { labels: { app } })))
      for (let step = 0; step < 300; step++) {
        change(cache, model, random)
        if (step % 7) continue
        for (const spec of specs) {
          const tally = cache.tally(spec)
          const expected = domainsOf(model, spec)
          assert.deepEqual(new Map([...tally.domains()].map(([value, { pods }]) => [value, pods])), expected)
          assert.equal(tally.fewest, expected.size === 0 ? 0 : Math.min(...expected.values()))
          assert.equal(
            tally.total,
            [...expected.values()].reduce((sum, count) => sum + count, 0),
          )
        }
        for (const pod of asking) {
          const holders = new Map<string, number>()
          for (const held of cache.heldTerms.against(pod)) {
            for (const [value, count] of held.holders) {
              const key = `${held.topologyKey}=${value}`
              holders.set(key, (holders.get(key) ?? 0) + count)
            }
          }
          assert.deepEqual(holders, againstOf(model, pod))
        }
        for (const zone of zones) {
          const names = [...cache.nodesWith('zone', zone)].map((node) => node.name).toSorted()
          const expected = [...model.nodes.values()].filter(({ metadata }) => metadata.labels?.['zone'] === zone)
          assert.deepEqual(names, expected.map(({ metadata }) => metadata.name).toSorted())
        }
      }
    })
  }
})
