import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { V1ContainerStatus, V1Pod } from '../generated/types.ts'
import type { Pod } from '../kinds/pod.ts'
import { podColumns } from './pod-columns.ts'
import { podSummaryOf } from './pod-summary.ts'

type State = NonNullable<V1ContainerStatus['state']>

interface Case {
  containers?: V1ContainerStatus[]
  init?: V1ContainerStatus[]
  /** Names of init containers that go on running. */
  sidecars?: string[]
  status?: V1Pod['status']
  isDeleted?: boolean
}

const running: State = { running: { startedAt: '2026-01-01T00:00:00Z' } }
const waiting = (reason?: string): State => ({ waiting: { reason } })
const ended = (exitCode: number, reason?: string, signal?: number): State => ({ terminated: { exitCode, reason, signal } })
const of = (name: string, state: State, more: Partial<V1ContainerStatus> = {}): V1ContainerStatus => ({
  name,
  image: 'i',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
  ...more,
})
const ready = { ready: true }
const condition = (type: string, status = 'True', reason?: string) => ({ type, status, reason })

function podOf({ containers = [], init = [], sidecars = [], status, isDeleted }: Case): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(isDeleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: {
      containers: containers.map(({ name }) => ({ name, image: 'i' })),
      initContainers: init.map(({ name }) => ({ name, image: 'i', ...(sidecars.includes(name) ? { restartPolicy: 'Always' } : {}) })),
    },
    status: { phase: 'Running', containerStatuses: containers, initContainerStatuses: init, ...status },
  }
}

describe('the status of a pod', () => {
  const cases: [what: string, pod: Case, status: string, ready: string][] = [
    ['not scheduled yet', { status: { phase: 'Pending' } }, 'Pending', '0/0'],
    [
      'held by a gate',
      { status: { phase: 'Pending', conditions: [condition('PodScheduled', 'False', 'SchedulingGated')] } },
      'SchedulingGated',
      '0/0',
    ],
    ['being created', { containers: [of('a', waiting('ContainerCreating'))], status: { phase: 'Pending' } }, 'ContainerCreating', '0/1'],
    ['running', { containers: [of('a', running, ready), of('b', running, ready)] }, 'Running', '2/2'],
    ['running and not ready', { containers: [of('a', running, ready), of('b', running)] }, 'Running', '1/2'],
    ['that crashes', { containers: [of('a', running, ready), of('b', waiting('CrashLoopBackOff'))] }, 'CrashLoopBackOff', '1/2'],
    [
      'with two troubles shows the first container’s',
      { containers: [of('a', waiting('ErrImagePull')), of('b', waiting('CrashLoopBackOff'))] },
      'ErrImagePull',
      '0/2',
    ],
    ['that is done', { containers: [of('a', ended(0, 'Completed'))], status: { phase: 'Succeeded' } }, 'Completed', '0/1'],
    ['that failed', { containers: [of('a', ended(1, 'Error'))], status: { phase: 'Failed' } }, 'Error', '0/1'],
    ['killed by a signal', { containers: [of('a', ended(137, undefined, 9))] }, 'Signal:9', '0/1'],
    ['that ended with a code', { containers: [of('a', ended(3))] }, 'ExitCode:3', '0/1'],
    ['that was evicted', { status: { phase: 'Failed', reason: 'Evicted' } }, 'Evicted', '0/0'],
    [
      'of which a part is done and the rest is ready',
      { containers: [of('a', ended(0, 'Completed')), of('b', running, ready)], status: { conditions: [condition('Ready')] } },
      'Running',
      '1/2',
    ],
    [
      'of which a part is done and the pod is not ready',
      { containers: [of('a', ended(0, 'Completed')), of('b', running, ready)] },
      'NotReady',
      '1/2',
    ],
    [
      'of which a part is done and a part failed',
      { containers: [of('a', ended(0, 'Completed')), of('b', ended(1, 'Error'))] },
      'Error',
      '0/2',
    ],
    [
      'at its second init container',
      { init: [of('i', ended(0, 'Completed')), of('j', running)], containers: [of('a', waiting('PodInitializing'))] },
      'Init:1/2',
      '0/1',
    ],
    ['whose init container waits for its turn', { init: [of('i', waiting('PodInitializing'))] }, 'Init:0/1', '0/0'],
    ['whose init container crashes', { init: [of('i', waiting('CrashLoopBackOff'))] }, 'Init:CrashLoopBackOff', '0/0'],
    ['whose init container failed', { init: [of('i', ended(1, 'Error'))] }, 'Init:Error', '0/0'],
    ['whose init container was killed', { init: [of('i', ended(137, undefined, 9))] }, 'Init:Signal:9', '0/0'],
    ['whose init container ended with a code', { init: [of('i', ended(2))] }, 'Init:ExitCode:2', '0/0'],
    [
      'with a sidecar counts it',
      { init: [of('s', running, { ready: true, started: true })], sidecars: ['s'], containers: [of('a', running, ready)] },
      'Running',
      '2/2',
    ],
    [
      'whose sidecar is not started',
      { init: [of('s', running, { started: false })], sidecars: ['s'], containers: [of('a', waiting('PodInitializing'))] },
      'Init:0/1',
      '0/2',
    ],
    [
      'once initialized, whose sidecar crashes, is judged by its containers',
      {
        init: [of('s', waiting('CrashLoopBackOff'))],
        sidecars: ['s'],
        containers: [of('a', running, ready)],
        status: { conditions: [condition('Initialized')] },
      },
      'Init:CrashLoopBackOff',
      '1/2',
    ],
    ['being deleted', { containers: [of('a', running, ready)], isDeleted: true }, 'Terminating', '1/1'],
    [
      'being deleted that has ended keeps its word',
      { containers: [of('a', ended(0, 'Completed'))], status: { phase: 'Succeeded' }, isDeleted: true },
      'Completed',
      '0/1',
    ],
    ['being deleted on a lost node', { status: { reason: 'NodeLost' }, isDeleted: true }, 'Unknown', '0/0'],
  ]
  for (const [what, given, status, count] of cases)
    test(`${what} is ${status} ${count}`, () => {
      const summary = podSummaryOf(podOf(given))
      assert.deepEqual([summary.status, `${summary.ready}/${summary.total}`], [status, count])
    })
})

describe('the restarts of a pod', () => {
  const column = podColumns.find((c) => c.name === 'Restarts')!
  const at = (finishedAt: string) => ({ lastState: { terminated: { exitCode: 1, finishedAt } } })
  const now = Date.parse('2026-01-01T01:00:00Z')
  const cases: [what: string, pod: Case, shown: string][] = [
    ['none', { containers: [of('a', running, ready)] }, '0'],
    [
      'of all containers, and when last',
      {
        containers: [
          of('a', running, { restartCount: 2, ...at('2026-01-01T00:54:30Z') }),
          of('b', running, { restartCount: 1, ...at('2026-01-01T00:10:00Z') }),
        ],
      },
      '3 (5m30s ago)',
    ],
    ['without a time', { containers: [of('a', running, { restartCount: 4 })] }, '4'],
    [
      'of init containers no more once they are done',
      { init: [of('i', ended(0), { restartCount: 5 })], containers: [of('a', running, { restartCount: 1 })] },
      '1',
    ],
    ['of the init containers while they run', { init: [of('i', running, { restartCount: 5 })], containers: [of('a', waiting())] }, '5'],
    [
      'of sidecars with the containers',
      {
        init: [of('s', running, { started: true, restartCount: 2 })],
        sidecars: ['s'],
        containers: [of('a', running, { restartCount: 1 })],
      },
      '3',
    ],
  ]
  for (const [what, given, shown] of cases) test(`count ${what}: ${shown}`, () => assert.equal(column.value(podOf(given), now), shown))
})
