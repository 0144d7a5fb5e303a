import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Lease, Node } from '@quarterdeck/api'

import { parseCidr } from '../node-ipam/cidr.ts'
import { SubnetPool } from '../node-ipam/subnet-pool.ts'
import { absentNodes, planPodGarbage } from '../pod-garbage-collector/plan-pod-garbage.ts'
import { evictInMs } from '../taint-eviction/plan-eviction.ts'
import { TaintClock } from '../taint-eviction/taint-clock.ts'
import { metaOf, podOf } from '../testing/objects.ts'
import { defaultHealthOptions, heartbeatOf, silenceLeftMs, unknownConditions } from './node-health.ts'
import { taintsOf } from './node-taints.ts'
import { ZoneHealth } from './zone-health.ts'

const nowMs = Date.UTC(2026, 0, 1)
const now = '2026-01-01T00:00:00Z'

const node = (name: string, ready?: 'True' | 'False' | 'Unknown', spec: Node['spec'] = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: metaOf(name),
  spec,
  status: ready ? { conditions: [{ type: 'Ready', status: ready }] } : {},
})

const lease = (renewTime: string): Lease => ({ apiVersion: 'v1', kind: 'Lease', metadata: metaOf('n'), spec: { renewTime } })

describe('the health of a node', () => {
  test('[NL1] a node is silent once neither Lease nor status changed for 50 s, counted from when we first looked', () => {
    const n = node('n', 'True')
    const first = heartbeatOf(n, lease('a'), { before: undefined, nowMs })
    const left = (atMs: number) => silenceLeftMs(n, first, { options: defaultHealthOptions, nowMs: atMs })
    assert.deepEqual([left(nowMs), left(nowMs + 49_000), left(nowMs + 50_000)], [50_000, 1_000, 0])
    const same = heartbeatOf(n, lease('a'), { before: first, nowMs: nowMs + 9_000 })
    assert.equal(same, first)
    assert.equal(heartbeatOf(n, lease('b'), { before: first, nowMs: nowMs + 9_000 }).heardAtMs, nowMs + 9_000)
  })

  test('[NL2] a silent node has its conditions Unknown, with the reason for each', () => {
    assert.deepEqual(
      unknownConditions(node('n', 'True'), nowMs).map(({ type, status, reason }) => [type, status, reason]),
      [
        ['Ready', 'Unknown', 'NodeStatusUnknown'],
        ['MemoryPressure', 'Unknown', 'NodeStatusNeverUpdated'],
        ['DiskPressure', 'Unknown', 'NodeStatusNeverUpdated'],
        ['PIDPressure', 'Unknown', 'NodeStatusNeverUpdated'],
      ],
    )
  })

  const taintCases: { rule: string; node: Node; eviction?: 'allowed' | 'not allowed'; taints: string[] }[] = [
    { rule: 'none when ready', node: node('n', 'True'), taints: [] },
    { rule: 'not-ready', node: node('n', 'False'), taints: ['not-ready:NoSchedule', 'not-ready:NoExecute'] },
    { rule: 'unreachable', node: node('n', 'Unknown'), taints: ['unreachable:NoSchedule', 'unreachable:NoExecute'] },
    { rule: 'no eviction', node: node('n', 'Unknown'), eviction: 'not allowed', taints: ['unreachable:NoSchedule'] },
    { rule: 'cordoned', node: node('n', 'True', { unschedulable: true }), taints: ['unschedulable:NoSchedule'] },
    { rule: 'never reported', node: node('n'), taints: ['not-ready:NoSchedule'] },
    {
      rule: 'ready again',
      node: node('n', 'True', { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] }),
      taints: [],
    },
    { rule: "others' stay", node: node('n', 'True', { taints: [{ key: 'gpu', effect: 'NoSchedule' }] }), taints: ['gpu:NoSchedule'] },
  ]
  for (const { rule, node: n, eviction = 'allowed', taints } of taintCases) {
    test(`[NL3] taints by conditions: ${rule}`, () => {
      assert.deepEqual(
        taintsOf(n, eviction, nowMs).map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`),
        taints,
      )
    })
  }

  describe('[NL4] how fast nodes are evicted, by zone', () => {
    const zone = (name: string, { ready, silent }: { ready: number; silent: number }) => {
      const inZone = (n: Node): Node => ({ ...n, metadata: { ...n.metadata, labels: { 'topology.kubernetes.io/zone': name } } })
      return [
        ...Array.from({ length: ready }, (_, i) => inZone(node(`${name}-r${i}`, 'True'))),
        ...Array.from({ length: silent }, (_, i) => inZone(node(`${name}-s${i}`, 'Unknown'))),
      ]
    }
    const secondsUntilTurns = (health: ZoneHealth, n: Node) => {
      const turns = []
      for (let s = 0; s <= 200 && turns.length < 3; s++) if (health.takeTurn(n, nowMs + s * 1000)) turns.push(s)
      return turns
    }
    const cases: { rule: string; zones: Node[][]; state: string; turns: number[] }[] = [
      { rule: 'every 10 s', zones: [zone('a', { ready: 9, silent: 1 })], state: 'Normal', turns: [0, 10, 20] },
      { rule: 'two silent nodes are no disruption', zones: [zone('a', { ready: 1, silent: 2 })], state: 'Normal', turns: [0, 10, 20] },
      {
        rule: 'a small zone most of which is silent: never',
        zones: [zone('a', { ready: 3, silent: 7 })],
        state: 'PartialDisruption',
        turns: [],
      },
      {
        rule: 'a large zone most of which is silent: every 100 s',
        zones: [zone('a', { ready: 30, silent: 70 })],
        state: 'PartialDisruption',
        turns: [0, 100, 200],
      },
      {
        rule: 'a zone that is gone while another lives: every 10 s',
        zones: [zone('a', { ready: 0, silent: 7 }), zone('b', { ready: 7, silent: 0 })],
        state: 'FullDisruption',
        turns: [0, 10, 20],
      },
      {
        rule: 'others are no reason to wait',
        zones: [zone('a', { ready: 9, silent: 1 }), zone('b', { ready: 1, silent: 30 })],
        state: 'Normal',
        turns: [0, 10, 20],
      },
    ]
    for (const { rule, zones, state, turns } of cases) {
      test(rule, () => {
        const health = new ZoneHealth()
        for (const n of zones.flat()) health.observe(n)
        const silent = zones[0]?.at(-1)
        assert.ok(silent)
        assert.equal(health.stateOf(silent), state)
        assert.deepEqual(health.cutOff(), { isCutOff: false, changed: false })
        assert.deepEqual(secondsUntilTurns(health, silent), turns)
      })
    }

    test('when no node of any zone is ready, the control plane was cut off', () => {
      const health = new ZoneHealth()
      for (const n of [...zone('a', { ready: 0, silent: 2 }), ...zone('b', { ready: 0, silent: 2 })]) health.observe(n)
      assert.deepEqual(health.cutOff(), { isCutOff: true, changed: true })
      const [first] = zone('b', { ready: 0, silent: 1 })
      assert.ok(first)
      health.observe({ ...first, status: { conditions: [{ type: 'Ready', status: 'True' }] } })
      assert.deepEqual(health.cutOff(), { isCutOff: false, changed: true })
      for (const name of ['a-s0', 'a-s1', 'b-s0', 'b-s1']) health.forget(name)
      assert.deepEqual(health.cutOff(), { isCutOff: false, changed: false })
    })
  })
})

describe('[NL10] eviction by taints', () => {
  type Spec = NonNullable<NonNullable<Parameters<typeof podOf>[1]>['spec']>
  const taint = { key: 'k', effect: 'NoExecute', timeAdded: now }
  const untimed = { key: 'k', effect: 'NoExecute' }
  const forSeconds = (...seconds: number[]): Spec => ({
    tolerations: seconds.map((tolerationSeconds) => ({ key: 'k', operator: 'Exists', tolerationSeconds })),
  })
  const scheduledAt = (ms: number) => ({
    conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: new Date(ms).toISOString() }],
  })
  const cases: [rule: string, spec: Spec, leftMs: number | undefined][] = [
    ['no toleration: at once', {}, 0],
    ['tolerated for ever', { tolerations: [{ key: 'k', operator: 'Exists' }] }, undefined],
    ['the shortest of several counts', forSeconds(300, 60), 50_000],
    ['less than no time is none', forSeconds(-5), 0],
  ]
  for (const [rule, spec, leftMs] of cases)
    test(rule, () => {
      const tainted = node('n', 'True', { taints: [taint] })
      assert.equal(evictInMs(podOf('p', { spec }), tainted, { clock: new TaintClock(), nowMs: nowMs + 10_000 }), leftMs)
    })

  test('a pod that came after the taint has its whole time', () => {
    const pod = podOf('p', { spec: forSeconds(60), status: scheduledAt(nowMs + 30_000) })
    const tainted = node('n', 'True', { taints: [taint] })
    assert.equal(evictInMs(pod, tainted, { clock: new TaintClock(), nowMs: nowMs + 40_000 }), 50_000)
  })

  test('a taint without a time counts from when it was seen, anew if it went and came again', () => {
    const clock = new TaintClock()
    const pod = podOf('p', { spec: forSeconds(60) })
    const tainted = node('n', 'True', { taints: [untimed] })
    const left = (afterMs: number) => evictInMs(pod, tainted, { clock, nowMs: nowMs + afterMs })
    assert.deepEqual([left(0), left(20_000), left(60_000)], [60_000, 40_000, 0])
    clock.keep(tainted, [untimed, { key: 'other', effect: 'NoExecute' }])
    assert.equal(left(70_000), 0)
    clock.keep(tainted, [])
    assert.equal(left(80_000), 60_000)
  })
})

describe('ranges of Pod addresses', () => {
  test('[NL20] every node gets the lowest free range, and a deleted node gives its back', () => {
    const pool = new SubnetPool(parseCidr('10.244.0.0/16'), 24)
    pool.hold('old', ['10.244.1.0/24'])
    assert.deepEqual([pool.allocate('a'), pool.allocate('b')], ['10.244.0.0/24', '10.244.2.0/24'])
    pool.release('a')
    assert.equal(pool.allocate('c'), '10.244.0.0/24')
  })

  test('[NL21] a full range gives nothing, and larger ranges given by hand count', () => {
    const pool = new SubnetPool(parseCidr('10.0.0.0/22'), 24)
    pool.hold('wide', ['10.0.0.0/23'])
    assert.deepEqual([pool.allocate('a'), pool.allocate('b'), pool.allocate('c')], ['10.0.2.0/24', '10.0.3.0/24', undefined])
  })

  test('[NL22] what is no range is refused', () => {
    assert.throws(() => parseCidr('10.0.0.300/24'), /not an IPv4 range/)
    assert.throws(() => new SubnetPool(parseCidr('10.0.0.0/24'), 16), /does not fit/)
  })
})

describe('pod garbage', () => {
  const ended = (name: string, creationTimestamp: string) => podOf(name, { meta: { creationTimestamp }, status: { phase: 'Succeeded' } })
  const input = { nodes: new Map<string, Node>(), missingNodes: new Set<string>(), terminatedThreshold: 1 }
  const names = (garbage: ReturnType<typeof planPodGarbage>) => garbage.map(({ pod, reason }) => `${pod.metadata.name}: ${reason}`)

  test('[PG1] ended pods beyond the threshold go, the oldest first', () => {
    const pods = [ended('new', '2026-01-02T00:00:00Z'), ended('old', '2026-01-01T00:00:00Z')]
    assert.deepEqual(names(planPodGarbage({ ...input, pods })), ['old: ended'])
  })

  test('[PG2] pods of missing nodes, terminating ones that have no node, and those of nodes out of service go', () => {
    const going = { deletionTimestamp: now }
    const out = node('out', 'Unknown', { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] })
    const pods = [
      podOf('lost', { spec: { nodeName: 'gone' } }),
      podOf('unplaced', { meta: going }),
      podOf('stuck', { meta: going, spec: { nodeName: 'out' } }),
      podOf('fine', { spec: { nodeName: 'out' } }),
    ]
    assert.deepEqual([...absentNodes(pods, new Map([['out', out]]))], ['gone'])
    assert.deepEqual(names(planPodGarbage({ ...input, pods, nodes: new Map([['out', out]]), missingNodes: new Set(['gone']) })), [
      'lost: node no longer exists',
      'unplaced: terminating, never scheduled',
      'stuck: node is out of service',
    ])
  })
})
