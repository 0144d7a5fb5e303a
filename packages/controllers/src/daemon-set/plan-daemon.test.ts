import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { DaemonSet, Node, Pod, V1Taint } from '@quarterdeck/api'

import { daemonSetOf, nodeOf, podLike, templateOf } from '../testing/sets.ts'
import { daemonStateOf, type DaemonState } from './daemon-state.ts'
import { daemonStatusOf } from './daemon-status.ts'
import { FailureBackOff } from './failure-back-off.ts'
import { fitsNode } from './fits-node.ts'
import { planDaemon, type DaemonPlan } from './plan-daemon.ts'
import { planRollingUpdate } from './plan-rolling-update.ts'
import { nodeOf as nodeOfPod, podOfDaemonSet } from './pod-of-daemon-set.ts'

const nowMs = Date.UTC(2026, 0, 1, 0, 0, 10)
const rolling = (maxUnavailable: number | string, maxSurge: number | string): Partial<DaemonSet['spec']> => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } },
})
const surge = rolling(0, 1)
const taint = (key: string, effect: string): V1Taint => ({ key, effect })

/** Pods by their nodes, each in words; `!node` is tainted with NoSchedule, `!!node` with NoExecute. */
function stateOf(spec: Partial<DaemonSet['spec']>, on: Record<string, string[]>): DaemonState {
  const effectOf = (name: string): string[] => (name.startsWith('!!') ? ['NoExecute'] : name.startsWith('!') ? ['NoSchedule'] : [])
  const plain = (name: string): string => name.replaceAll('!', '')
  const nodes: Node[] = Object.keys(on).map((name) => nodeOf(plain(name), { taints: effectOf(name).map((effect) => taint('k', effect)) }))
  const pods: Pod[] = Object.entries(on).flatMap(([name, words]) =>
    words.map((word, i) => podLike(`${plain(name)}-${i}`, word, { nodeName: plain(name) })),
  )
  return daemonStateOf({ daemonSet: daemonSetOf('web', spec), nodes, pods, hashes: new Set(['v2']), nowMs })
}

const textOf = (plan: DaemonPlan): string[] => [
  ...plan.create.map((name) => `create ${name}`),
  ...plan.delete.map(({ metadata }) => `delete ${metadata.name}`),
]

type Case = [rule: string, what: string, spec: Partial<DaemonSet['spec']>, on: Record<string, string[]>, ...steps: string[]]
const steady: Case[] = [
  ['DS10', 'a pod for every node', {}, { a: [], b: ['v2 ready'], c: [] }, 'create a', 'create c'],
  ['DS10', 'one pod a node, the oldest', {}, { a: ['v2 ready', 'v2 ready'] }, 'delete a-1'],
  ['DS10', 'nothing while a pod goes', {}, { a: ['v2 going'] }],
  ['DS11', 'none for a node with a taint', {}, { '!a': [] }],
  ['DS11', 'one to stay on a node that got a taint', {}, { '!a': ['v2 ready'] }],
  ['DS11', 'one to leave a node whose taint ends pods', {}, { '!!a': ['v2 ready', 'v2 going'] }, 'delete a-0'],
  ['DS13', 'a failed pod to be deleted', {}, { a: ['v2 failed'] }, 'delete a-0'],
  ['DS13', 'a pod that succeeded to be deleted', {}, { a: ['v2 succeeded'] }, 'delete a-0'],
  ['DS21', 'another beside one that goes, where it may surge', surge, { a: ['v1 going'] }, 'create a'],
  ['DS21', 'an outdated pod to stay until the new one is available', surge, { a: ['v1 ready', 'v2 unready'] }],
  ['DS21', 'an outdated pod to go when the new one is available', surge, { a: ['v1 ready', 'v2 ready'] }, 'delete a-0'],
  ['DS21', 'an outdated pod to go when it is not ready itself', surge, { a: ['v1 unready', 'v2 unready'] }, 'delete a-0'],
  ['DS21', 'no third pod', surge, { a: ['v1 ready', 'v2 unready', 'v2 unready', 'v1 ready'] }, 'delete a-2', 'delete a-3'],
]
const updates: Case[] = [
  ['DS20', 'one outdated pod', {}, { a: ['v1 ready'], b: ['v1 ready'] }, 'delete a-0'],
  ['DS20', 'none while a new one is unavailable', {}, { a: ['v2 unready'], b: ['v1 ready'] }],
  ['DS20', 'none while a node is without', {}, { a: ['v2 going'], b: ['v1 ready'] }],
  [
    'DS20',
    'outdated ones that are unavailable at once',
    {},
    { a: ['v1 unready'], b: ['v1 unready'], c: ['v1 ready'] },
    'delete a-0',
    'delete b-0',
  ],
  [
    'DS20',
    'a share of the nodes rounded up',
    rolling('40%', 0),
    { a: ['v1 ready'], b: ['v1 ready'], c: ['v1 ready'] },
    'delete a-0',
    'delete b-0',
  ],
  ['DS20', 'nothing that is new', {}, { a: ['v2 ready'] }],
  ['DS21', 'a new pod beside an outdated one', surge, { a: ['v1 ready'], b: ['v1 ready'] }, 'create a'],
  ['DS21', 'no other while the new one is unavailable', surge, { a: ['v1 ready', 'v2 unready'], b: ['v1 ready'] }],
  [
    'DS21',
    'the outdated one once the new one is available, and the next',
    surge,
    { a: ['v1 ready', 'v2 ready'], b: ['v1 ready'] },
    'create b',
    'delete a-0',
  ],
  [
    'DS21',
    'all that are unavailable without counting',
    surge,
    { a: ['v1 unready'], b: ['v1 unready'], c: ['v1 ready'] },
    'create a',
    'create b',
    'create c',
  ],
  ['DS21', 'an outdated one to stay where none belongs any more', surge, { '!a': ['v1 ready'], b: ['v1 unready'] }, 'create b'],
  ['DS21', 'until enough are available elsewhere', surge, { '!a': ['v1 ready'], b: ['v2 ready'] }, 'delete a-0'],
]

describe('a DaemonSet plans', () => {
  for (const [rule, what, spec, on, ...steps] of steady)
    test(`[${rule}] ${what}`, () => assert.deepEqual(textOf(planDaemon(stateOf(spec, on), () => 0)), steps))
  for (const [rule, what, spec, on, ...steps] of updates)
    test(`[${rule}] to update ${what}`, () => assert.deepEqual(textOf(planRollingUpdate(stateOf(spec, on))), steps))

  test('[DS13] to leave a failed pod for a while', () =>
    assert.deepEqual(textOf(planDaemon(stateOf({}, { a: ['v2 failed'] }), () => 1000)), []))

  test('[DS11] a pod to go that waits for a node that is gone', () => {
    const lost = podOfDaemonSet(daemonSetOf('web'), 'gone', 'v2')
    const waiting = podLike('w', 'v2 pending', lost.spec)
    const daemonSet = daemonSetOf('web')
    const state = daemonStateOf({
      daemonSet,
      nodes: [],
      pods: [waiting, podLike('b', 'v2 ready', { nodeName: 'gone' })],
      hashes: new Set(['v2']),
      nowMs,
    })
    assert.deepEqual(textOf(planDaemon(state, () => 0)), ['delete w'])
  })
})

describe('[DS11] a node fits', () => {
  const withSpec = (spec: Partial<Pod['spec']>): DaemonSet =>
    daemonSetOf('web', { template: { ...templateOf('v1'), spec: { containers: [], ...spec } } })
  type Row = [what: string, spec: Partial<Pod['spec']>, node: Parameters<typeof nodeOf>[1], fits: 'runs' | 'stays' | 'leaves']
  const rows: Row[] = [
    ['a plain node', {}, {}, 'runs'],
    ['a node of the selector', { nodeSelector: { disk: 'ssd' } }, { labels: { disk: 'ssd' } }, 'runs'],
    ['a node without its label', { nodeSelector: { disk: 'ssd' } }, {}, 'leaves'],
    ['another node than the one named', { nodeName: 'b' }, {}, 'leaves'],
    ['a foreign taint', {}, { taints: [taint('k', 'NoSchedule')] }, 'stays'],
    ['a foreign taint that ends pods', {}, { taints: [taint('k', 'NoExecute')] }, 'leaves'],
    ['a taint that would rather not', {}, { taints: [taint('k', 'PreferNoSchedule')] }, 'runs'],
    ['a taint that is tolerated', { tolerations: [{ operator: 'Exists' }] }, { taints: [taint('k', 'NoExecute')] }, 'runs'],
    ...['not-ready', 'unreachable'].map((k): Row => [k, {}, { taints: [taint(`node.kubernetes.io/${k}`, 'NoExecute')] }, 'runs']),
    ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((k): Row => [
      k,
      {},
      { taints: [taint(`node.kubernetes.io/${k}`, 'NoSchedule')] },
      'runs',
    ]),
    ['no network', {}, { taints: [taint('node.kubernetes.io/network-unavailable', 'NoSchedule')] }, 'stays'],
    [
      'no network for one that brings its own',
      { hostNetwork: true },
      { taints: [taint('node.kubernetes.io/network-unavailable', 'NoSchedule')] },
      'runs',
    ],
  ]
  for (const [what, spec, node, expected] of rows)
    test(`${what}: ${expected}`, () => {
      const { shouldRun, mayStay } = fitsNode(withSpec(spec))(nodeOf('a', node))
      assert.equal(shouldRun ? 'runs' : mayStay ? 'stays' : 'leaves', expected)
    })
})

describe('[DS11] a pod of a DaemonSet', () => {
  test('fits one node alone, and tolerates what is wrong with it', () => {
    const template = templateOf('v1')
    template.spec!.tolerations = [
      { key: 'x', operator: 'Exists' },
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 },
    ]
    template.spec!.affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] },
      },
    }
    const draft = podOfDaemonSet(daemonSetOf('web', { template }), 'n7', 'abc')
    assert.equal(draft.metadata.labels?.['controller-revision-hash'], 'abc')
    assert.deepEqual(draft.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms, [
      { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n7'] }] },
    ])
    assert.equal(nodeOfPod(podLike('p', 'abc pending', draft.spec)), 'n7')
    assert.equal(draft.spec.tolerations?.length, 7)
    assert.equal(draft.spec.tolerations?.find(({ key }) => key?.endsWith('not-ready'))?.tolerationSeconds, undefined)
  })
})

test('[DS2] the status of a DaemonSet counts nodes', () => {
  const state = stateOf({}, { a: ['v2 ready'], b: ['v1 ready', 'v2 unready'], c: [], '!d': ['v2 ready'], '!e': [] })
  const { observedGeneration: _generation, conditions: _conditions, ...status } = daemonStatusOf(state, undefined)
  assert.deepEqual(status, {
    desiredNumberScheduled: 3,
    currentNumberScheduled: 2,
    numberMisscheduled: 1,
    numberReady: 2,
    updatedNumberScheduled: 1,
    numberAvailable: 2,
    numberUnavailable: 1,
    collisionCount: undefined,
  })
})

test('[DS13] the wait after failures doubles from one second to fifteen minutes, and starts anew after a quiet half hour', () => {
  const backOff = new FailureBackOff()
  assert.equal(backOff.leftMs('k', 0), 0)
  backOff.failed('k', 0)
  assert.equal(backOff.leftMs('k', 400), 600)
  backOff.failed('k', 1000)
  assert.equal(backOff.leftMs('k', 1000), 2000)
  for (let i = 0; i < 12; i++) backOff.failed('k', 1000)
  assert.equal(backOff.leftMs('k', 1000), 900_000)
  backOff.failed('k', 1000 + 1_800_001)
  assert.equal(backOff.leftMs('k', 1000 + 1_800_001), 1000)
})
