import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Pod, V1Container } from '@quarterdeck/api'
import type { RuntimeContainer, Sandbox } from '@quarterdeck/runtime'

import { containerLabelsOf } from './container-labels.ts'
import { planPod, type PodPlan } from './pod-plan.ts'

const nowMs = 1_000_000_000
const identity = { namespace: 'default', name: 'p', uid: 'u' }

const pod = (spec: Partial<Pod['spec']>, status: Partial<Pod['status']> = {}): Pod =>
  ({ metadata: identity, spec: { restartPolicy: 'Always', containers: [{ name: 'main', image: 'i' }], ...spec }, status }) as unknown as Pod

const sandbox = (overrides: Partial<Sandbox> = {}): Sandbox => ({
  id: 's0',
  pod: identity,
  attempt: 0,
  state: 'running',
  createdAtMs: 0,
  ip: '10.0.0.2',
  hostNetwork: false,
  ...overrides,
})

function container(overrides: Partial<RuntimeContainer> & { delayMs?: number; round?: number; spec?: V1Container } = {}): RuntimeContainer {
  const { delayMs = 0, round = 0, spec, ...rest } = overrides
  const name = rest.name ?? 'main'
  return {
    id: `${name}-${rest.attempt ?? 0}`,
    pod: identity,
    name,
    attempt: 0,
    sandboxId: 's0',
    state: 'running',
    image: 'i',
    imageId: 'x',
    labels: containerLabelsOf(spec ?? { name, image: 'i' }, { restartDelayMs: delayMs, restartRound: round }),
    createdAtMs: nowMs - 5_000,
    startedAtMs: nowMs - 5_000,
    finishedAtMs: undefined,
    exitCode: undefined,
    oomKilled: false,
    error: '',
    ...rest,
  }
}

const ended = (exitCode: number, overrides: Parameters<typeof container>[0] = {}) =>
  container({ state: 'exited', exitCode, finishedAtMs: nowMs - 1_000, ...overrides })

const init = (name: string, restartPolicy?: string): V1Container => ({ name, image: 'i', ...(restartPolicy ? { restartPolicy } : {}) })

const ruled = (action: string, ...values: number[]): V1Container => ({
  ...init('main'),
  restartPolicy: 'Never',
  restartPolicyRules: [{ action, exitCodes: { operator: 'In', values } }],
})
const restartable = pod({
  restartPolicy: 'Never',
  initContainers: [init('a')],
  containers: [ruled('RestartAllContainers', 42), init('other')],
})

interface Case {
  title: string
  pod: Pod
  sandboxes?: Sandbox[]
  containers?: RuntimeContainer[]
  unhealthy?: string
  notStarted?: string[]
  expected: string[]
}

const cases: Case[] = [
  { title: 'nothing is there: a sandbox is made first', pod: pod({}), sandboxes: [], expected: ['createSandbox 0'] },
  { title: 'a sandbox is there: its containers are made', pod: pod({}), expected: ['createContainer main 0'] },
  { title: 'all runs: nothing is to be done', pod: pod({}), containers: [container()], expected: [] },
  {
    title: 'a container was made but not started: it is started, not made again',
    pod: pod({}),
    containers: [container({ state: 'created', startedAtMs: undefined })],
    expected: ['startContainer main-0'],
  },
  {
    title: 'a sandbox was made but not started: it goes, and another is made',
    pod: pod({}),
    sandboxes: [sandbox({ state: 'created' })],
    expected: ['removeSandbox s0', 'createSandbox 1'],
  },
  {
    title: 'the sandbox died: what ran in it stops, and a new one is made',
    pod: pod({}),
    sandboxes: [sandbox({ state: 'exited' })],
    containers: [container()],
    expected: ['stopContainer main-0', 'removeSandbox s0', 'createSandbox 1'],
  },
  {
    title: 'a container ended for the first time: it is restarted at once',
    pod: pod({}),
    containers: [ended(1)],
    expected: ['createContainer main 1'],
  },
  {
    title: 'it ended again within its delay: it waits',
    pod: pod({}),
    containers: [ended(1, { attempt: 1, delayMs: 10_000 })],
    expected: ['wait main CrashLoopBackOff'],
  },
  {
    title: 'its delay is over: it is restarted',
    pod: pod({}),
    containers: [ended(1, { attempt: 1, delayMs: 10_000, finishedAtMs: nowMs - 10_000 })],
    expected: ['createContainer main 2'],
  },
  {
    title: 'it ran for ten minutes: its delay is forgotten',
    pod: pod({}),
    containers: [ended(1, { attempt: 5, delayMs: 300_000, startedAtMs: nowMs - 700_000 })],
    expected: ['createContainer main 6'],
  },
  {
    title: 'it succeeded and restarts only on failure: the pod has ended',
    pod: pod({ restartPolicy: 'OnFailure' }),
    containers: [ended(0)],
    expected: ['removeSandbox s0', 'ended'],
  },
  {
    title: 'it failed and never restarts: the pod has ended',
    pod: pod({ restartPolicy: 'Never' }),
    containers: [ended(1)],
    expected: ['removeSandbox s0', 'ended'],
  },
  {
    title: 'it could not be started and never restarts: the pod has ended',
    pod: pod({ restartPolicy: 'Never' }),
    containers: [container({ state: 'created', error: 'no such file', startedAtMs: undefined })],
    expected: ['removeSandbox s0', 'ended'],
  },
  {
    title: 'one of two ended for good: the other runs on',
    pod: pod({ restartPolicy: 'Never', containers: [init('main'), init('other')] }),
    containers: [ended(0), container({ name: 'other' })],
    expected: [],
  },
  {
    title: 'its image changed: it is stopped',
    pod: pod({ containers: [{ name: 'main', image: 'new' }] }),
    containers: [container()],
    expected: ['stopContainer main-0'],
  },
  {
    title: 'it is unhealthy: it is stopped',
    pod: pod({}),
    containers: [container()],
    unhealthy: 'main-0',
    expected: ['stopContainer main-0'],
  },
  {
    title: 'init containers come first, one at a time',
    pod: pod({ initContainers: [init('a'), init('b')] }),
    expected: ['createContainer a 0'],
  },
  {
    title: 'the first runs: the second waits',
    pod: pod({ initContainers: [init('a'), init('b')] }),
    containers: [container({ name: 'a' })],
    expected: [],
  },
  {
    title: 'the first succeeded: the second follows',
    pod: pod({ initContainers: [init('a'), init('b')] }),
    containers: [ended(0, { name: 'a' })],
    expected: ['createContainer b 0'],
  },
  {
    title: 'an init container failed in a pod that never restarts: the pod has ended',
    pod: pod({ restartPolicy: 'Never', initContainers: [init('a')] }),
    containers: [ended(1, { name: 'a' })],
    expected: ['removeSandbox s0', 'ended'],
  },
  {
    title: 'a sidecar has to be started before the next begins',
    pod: pod({ initContainers: [init('s', 'Always'), init('b')] }),
    containers: [container({ name: 's' })],
    notStarted: ['s-0'],
    expected: [],
  },
  {
    title: 'a started sidecar lets the next begin',
    pod: pod({ initContainers: [init('s', 'Always')] }),
    containers: [container({ name: 's' })],
    expected: ['createContainer main 0'],
  },
  {
    title: 'a sidecar that ended is restarted even in a pod that never restarts',
    pod: pod({ restartPolicy: 'Never', initContainers: [init('s', 'Always')] }),
    containers: [ended(0, { name: 's' }), container()],
    expected: ['createContainer s 1'],
  },
  {
    title: 'the main containers ended: the sidecar is stopped',
    pod: pod({ restartPolicy: 'Never', initContainers: [init('s', 'Always')] }),
    containers: [container({ name: 's' }), ended(0)],
    expected: ['stopContainer s-0', 'removeSandbox s0', 'ended'],
  },
  {
    title: 'main containers were made: removed init containers are not missed',
    pod: pod({ initContainers: [init('a')] }),
    containers: [container()],
    expected: [],
  },
  {
    title: '[N13] a container that never restarts does so by its rule',
    pod: pod({ restartPolicy: 'Never', containers: [ruled('Restart', 42)] }),
    containers: [ended(42)],
    expected: ['createContainer main 1'],
  },
  {
    title: '[N13] an exit that no rule names is left to the container’s own policy',
    pod: pod({ containers: [ruled('Restart', 42)] }),
    containers: [ended(1)],
    expected: ['removeSandbox s0', 'ended'],
  },
  {
    title: '[N13] a container’s own policy goes before its pod’s',
    pod: pod({ restartPolicy: 'Never', containers: [{ ...init('main'), restartPolicy: 'OnFailure' }] }),
    containers: [ended(1)],
    expected: ['createContainer main 1'],
  },
  {
    title: '[N13] an init container that may not fail ends its pod',
    pod: pod({ initContainers: [init('a', 'Never')] }),
    containers: [ended(1, { name: 'a' })],
    expected: ['removeSandbox s0', 'ended'],
  },
  {
    title: '[N14] a restart of all stops what runs first',
    pod: restartable,
    containers: [ended(0, { name: 'a' }), ended(42), container({ name: 'other' })],
    expected: ['stopContainer other-0'],
  },
  {
    title: '[N14] a restart of all begins with the init containers',
    pod: restartable,
    containers: [ended(0, { name: 'a' }), ended(42), ended(137, { name: 'other', finishedAtMs: nowMs })],
    expected: ['createContainer a 1'],
  },
  {
    title: '[N14] a restart of all goes on with the others, the one that asked for it after its delay',
    pod: restartable,
    containers: [
      ended(0, { name: 'a', attempt: 2, round: 2 }),
      ended(42, { attempt: 1, round: 1, delayMs: 10_000 }),
      ended(0, { name: 'other', attempt: 1, round: 1, delayMs: 10_000 }),
    ],
    expected: ['createContainer other 2', 'wait main CrashLoopBackOff'],
  },
  {
    title: '[N14] a restart of all that is done is not begun again',
    pod: restartable,
    containers: [
      ended(0, { name: 'a', attempt: 1, round: 1 }),
      ended(42),
      container({ attempt: 1, round: 1 }),
      container({ name: 'other', attempt: 1, round: 1 }),
    ],
    expected: [],
  },
  {
    title: 'the last two attempts are kept, older ones go',
    pod: pod({}),
    containers: [container({ attempt: 3 }), ended(1, { attempt: 2 }), ended(1, { attempt: 1 })],
    expected: ['removeContainer main-1'],
  },
  {
    title: 'a container that was removed behind our back counts on from what was told',
    pod: pod(
      {},
      { containerStatuses: [{ name: 'main', containerID: 'docker://x', restartCount: 4, image: 'i', imageID: '', ready: true }] },
    ),
    expected: ['createContainer main 5'],
  },
]

function shown(plan: PodPlan): string[] {
  const actions = plan.actions.map((action) => {
    switch (action.type) {
      case 'createSandbox':
        return `createSandbox ${action.attempt}`
      case 'removeSandbox':
        return `removeSandbox ${action.sandbox.id}`
      case 'createContainer':
        return `createContainer ${action.container.spec.name} ${action.attempt}`
      default:
        return `${action.type} ${action.found.id}`
    }
  })
  return [...actions, ...[...plan.waiting].map(([name, { reason }]) => `wait ${name} ${reason}`), ...(plan.hasEnded ? ['ended'] : [])]
}

void describe('the plan of a pod', () => {
  for (const { title, sandboxes = [sandbox()], containers = [], expected, ...rest } of cases)
    void test(title, () => {
      const plan = planPod({
        pod: rest.pod,
        view: { sandboxes, containers },
        nowMs,
        isStarted: (id) => !rest.notStarted?.includes(id),
        unhealthyReason: (id) => (id === rest.unhealthy ? 'failed liveness probe' : undefined),
      })
      assert.deepEqual(shown(plan), expected)
    })
})
