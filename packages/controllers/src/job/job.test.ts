import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Job, Pod, V1JobSpec, V1JobStatus } from '@quarterdeck/api'
import fc from 'fast-check'

import { metaOf, podOf, readyStatus } from '../testing/objects.ts'
import { backOffAfter, backOffLeftMs, noBackOff } from './back-off.ts'
import { completionIndexAnnotation, firstFreeIndexes, formatIndexes, hasIndex, storedIndexes, withIndexes } from './indexes.ts'
import { jobStateOf, type JobState } from './job-state.ts'
import { countReleased, planCounting } from './plan-counting.ts'
import { planEnd } from './plan-end.ts'
import { planPods } from './plan-pods.ts'
import { judgeFailure } from './pod-failure-policy.ts'
import { satisfiedRule } from './success-policy.ts'
import { trackingFinalizer } from './tracking.ts'

const nowMs = Date.UTC(2026, 0, 2)

function jobOf(spec: Partial<V1JobSpec> = {}, status: V1JobStatus = {}): Job {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
  const full = {
    completions: 3,
    parallelism: 2,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    podReplacementPolicy: 'TerminatingOrFailed',
    template,
    ...spec,
  }
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: metaOf('work'), spec: full, status }
}

function withoutCompletions(job: Job): Job {
  const { completions: _, ...spec } = job.spec
  return { ...job, spec }
}

interface PodExtra {
  index?: number
  isTracked?: boolean
  isTerminating?: boolean
  exitCode?: number
  annotations?: Record<string, string>
}

function ownPod(
  name: string,
  status: Pod['status'],
  { index, isTracked = true, isTerminating = false, exitCode, annotations = {} }: PodExtra = {},
): Pod {
  const meta = {
    annotations: { ...annotations, ...(index === undefined ? {} : { [completionIndexAnnotation]: `${index}` }) },
    ...(isTracked ? { finalizers: [trackingFinalizer] } : {}),
    ...(isTerminating ? { deletionTimestamp: new Date(nowMs).toISOString() } : {}),
  }
  const finishedAt = new Date(nowMs - 1000).toISOString()
  const state = { terminated: { exitCode: exitCode ?? 0, finishedAt } }
  const containerStatuses = exitCode === undefined ? [] : [{ name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state }]
  return podOf(name, { meta, status: { ...status, containerStatuses } })
}

const failed = (name: string, extra: PodExtra = {}): Pod => ownPod(name, { phase: 'Failed' }, { exitCode: 1, ...extra })
const succeeded = (name: string, extra: PodExtra = {}): Pod => ownPod(name, { phase: 'Succeeded' }, { exitCode: 0, ...extra })
const running = (name: string, extra: PodExtra = {}): Pod => ownPod(name, readyStatus(), extra)
const stateOf = (job: Job, pods: readonly Pod[]): JobState => jobStateOf({ job, pods, backOff: noBackOff, nowMs })
const names = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name)

describe('indexes', () => {
  const some = fc.uniqueArray(fc.nat(60))

  test('are what they were after they were written and read', () =>
    fc.assert(
      fc.property(some, some, (first, second) => {
        const intervals = withIndexes(withIndexes([], first), second)
        assert.deepEqual(storedIndexes(formatIndexes(intervals), 100), intervals)
        const wanted = new Set([...first, ...second])
        for (let index = 0; index < 62; index++) assert.equal(hasIndex(intervals, index), wanted.has(index))
      }),
    ))

  test('that are free are the lowest ones not taken', () =>
    fc.assert(
      fc.property(some, fc.nat(60), fc.nat(20), (taken, completions, count) => {
        const free = Array.from({ length: completions }, (_, index) => index).filter((index) => !taken.includes(index))
        assert.deepEqual(firstFreeIndexes(withIndexes([], taken), completions, count), free.slice(0, count))
      }),
    ))

  test('are written as Kubernetes writes them, and cut where the Job became smaller', () => {
    assert.equal(formatIndexes(withIndexes([], [0, 2, 3, 5, 6, 7, 9])), '0,2,3,5-7,9')
    assert.deepEqual(storedIndexes('1,3-5,7', 5), [
      { first: 1, last: 1 },
      { first: 3, last: 4 },
    ])
    assert.deepEqual(storedIndexes('x,2', 5), [{ first: 2, last: 2 }])
  })
})

describe('[JB17] the back-off', () => {
  const waits: [failures: number, seconds: number][] = [
    [0, 0],
    [1, 10],
    [2, 20],
    [3, 40],
    [6, 320],
    [7, 600],
    [5000, 600],
  ]
  for (const [failuresSinceSuccess, seconds] of waits)
    test(`after ${failuresSinceSuccess} failures is ${seconds} s`, () =>
      assert.equal(backOffLeftMs({ failuresSinceSuccess, lastFailureMs: nowMs }, nowMs), seconds * 1000))

  test('starts anew after a success', () => {
    const backOff = { failuresSinceSuccess: 5, lastFailureMs: nowMs - 5000 }
    assert.deepEqual(backOffAfter(backOff, [succeeded('a')], []), noBackOff)
    assert.equal(backOffAfter(backOff, [], [failed('a'), failed('b')]).failuresSinceSuccess, 7)
  })

  test('is read from the Pods that are there after a restart', () => {
    const state = jobStateOf({ job: jobOf(), pods: [failed('a', { isTracked: false }), failed('b')], backOff: undefined, nowMs })
    assert.equal(state.backOff.failuresSinceSuccess, 2)
  })
})

describe('[JB14] a failed Pod is judged', () => {
  const disrupted = { ...failed('p'), status: { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True' }] } }
  const onExitCodes = (operator: string, values: number[], extra = {}) => ({ onExitCodes: { operator, values, ...extra } })
  const cases: [what: string, rules: NonNullable<V1JobSpec['podFailurePolicy']>['rules'], pod: Pod, action: string][] = [
    ['by no rule', [], failed('p'), 'Count'],
    ['by its exit code', [{ action: 'FailIndex', ...onExitCodes('In', [1, 2]) }], failed('p'), 'FailIndex'],
    ['by an exit code it has not', [{ action: 'Ignore', ...onExitCodes('NotIn', [2]) }], failed('p'), 'Ignore'],
    [
      'not by the code of another container',
      [{ action: 'Ignore', ...onExitCodes('In', [1], { containerName: 'x' }) }],
      failed('p'),
      'Count',
    ],
    ['by its condition', [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }], disrupted, 'Ignore'],
    [
      'by the first rule that matches',
      [
        { action: 'Count', ...onExitCodes('In', [1]) },
        { action: 'FailJob', ...onExitCodes('In', [1]) },
      ],
      failed('p'),
      'Count',
    ],
  ]
  for (const [what, rules, pod, action] of cases)
    test(what, () => assert.equal(judgeFailure(jobOf({ podFailurePolicy: { rules } }).spec, pod).action, action))
})

describe('[JB14] a Job ends', () => {
  const indexed = { completionMode: 'Indexed' as const }
  const restarted = {
    ...running('p'),
    status: { ...readyStatus(), containerStatuses: [{ name: 'c', image: '', imageID: '', ready: true, restartCount: 6 }] },
  }
  const onFailure = { template: { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'i' }] } } }
  const cases: [what: string, job: Job, pods: Pod[], reason: string | undefined][] = [
    ['not while Pods run', jobOf(), [running('a')], undefined],
    ['when enough have succeeded', jobOf({}, { succeeded: 2 }), [succeeded('a')], 'CompletionsReached'],
    ['not before the last active Pod went', jobOf({}, { succeeded: 2 }), [succeeded('a'), running('b')], undefined],
    ['without completions when one has succeeded', withoutCompletions(jobOf()), [succeeded('a')], 'CompletionsReached'],
    ['when more failed than may', jobOf({ backoffLimit: 1 }, { failed: 1 }), [failed('a')], 'BackoffLimitExceeded'],
    ['when containers were restarted too often', jobOf(onFailure), [restarted], 'BackoffLimitExceeded'],
    ['by failures before successes', jobOf({ backoffLimit: 0 }, { succeeded: 2 }), [failed('a'), succeeded('b')], 'BackoffLimitExceeded'],
    [
      'when its time is over',
      jobOf({ activeDeadlineSeconds: 60 }, { startTime: new Date(nowMs - 60_000).toISOString() }),
      [],
      'DeadlineExceeded',
    ],
    [
      'not by time while suspended',
      jobOf({ suspend: true, activeDeadlineSeconds: 60 }, { startTime: new Date(nowMs - 60_000).toISOString() }),
      [],
      undefined,
    ],
    [
      'when too many indexes failed',
      jobOf({ ...indexed, backoffLimitPerIndex: 0, maxFailedIndexes: 0 }),
      [failed('a', { index: 0 })],
      'MaxFailedIndexesExceeded',
    ],
    [
      'when every index ended and one failed',
      jobOf({ ...indexed, backoffLimitPerIndex: 0 }, { completedIndexes: '0,1' }),
      [failed('a', { index: 2 })],
      'FailedIndexes',
    ],
    [
      'not when an index may be tried again',
      jobOf({ ...indexed, backoffLimitPerIndex: 1 }, { completedIndexes: '0,1' }),
      [failed('a', { index: 2 })],
      undefined,
    ],
    [
      'as decided',
      jobOf({}, { conditions: [{ type: 'FailureTarget', status: 'True', reason: 'X' }] }),
      [succeeded('a'), succeeded('b'), succeeded('c')],
      'X',
    ],
  ]
  for (const [what, job, pods, reason] of cases) test(what, () => assert.equal(planEnd(stateOf(job, pods))?.reason, reason))

  test('by its success policy', () => {
    const { spec } = jobOf({
      ...indexed,
      completions: 10,
      successPolicy: { rules: [{ succeededIndexes: '0-2', succeededCount: 2 }, { succeededCount: 5 }] },
    })
    assert.equal(satisfiedRule(spec, withIndexes([], [0, 3, 4, 5])), undefined)
    assert.equal(satisfiedRule(spec, withIndexes([], [0, 2])), 'Matched rules at index 0')
    assert.equal(satisfiedRule(spec, withIndexes([], [3, 4, 5, 6, 7])), 'Matched rules at index 1')
  })
})

describe('the Pods of a Job', () => {
  test('are never more than parallelism, nor than are to be completed', () => {
    assert.equal(planPods(stateOf(jobOf(), [])).create, 2)
    assert.equal(planPods(stateOf(jobOf({ parallelism: 5 }, { succeeded: 1 }), [running('a')])).create, 1)
    assert.equal(planPods(stateOf(jobOf({ completions: 9000, parallelism: 9000 }), [])).create, 500)
  })

  test('[JB15] wait for terminating ones only with podReplacementPolicy Failed', () => {
    const pods = [running('a'), running('b', { isTerminating: true, isTracked: false })]
    assert.equal(planPods(stateOf(jobOf(), pods)).create, 1)
    assert.equal(planPods(stateOf(jobOf({ podReplacementPolicy: 'Failed' }), pods)).create, 0)
  })

  test('go if there are too many: those not counted first, then those not ready', () => {
    const pods = [running('ready'), ownPod('pending', { phase: 'Pending' }), running('untracked', { isTracked: false })]
    assert.deepEqual(names(planPods(stateOf(jobOf({ parallelism: 2 }), pods)).remove), ['untracked'])
    assert.deepEqual(names(planPods(stateOf(jobOf({ parallelism: 1 }), pods)).remove), ['untracked', 'pending'])
    assert.equal(planPods(stateOf(jobOf({ suspend: true }), pods)).remove.length, 3)
  })

  test('[JB6] that are active and lost the finalizer get it again', () =>
    assert.deepEqual(names(planPods(stateOf(jobOf(), [running('a', { isTracked: false }), running('b')])).restore), ['a']))

  test('[JB10] of one index, of none and of one too high go', () => {
    const pods = [
      running('a', { index: 0 }),
      ownPod('b', { phase: 'Pending' }, { index: 0 }),
      running('none'),
      running('high', { index: 3 }),
    ]
    const plan = planPods(stateOf(jobOf({ completionMode: 'Indexed', parallelism: 3 }), pods))
    assert.deepEqual(names(plan.remove).toSorted(), ['b', 'high', 'none'])
    assert.deepEqual(planPods(stateOf(jobOf({ completionMode: 'Indexed', parallelism: 3 }), [running('a', { index: 1 })])).create, [0, 2])
  })

  test('[JB18] of an index that backs off wait, others do not', () => {
    const job = jobOf({ completionMode: 'Indexed', parallelism: 3, backoffLimitPerIndex: 3 })
    const plan = planPods(stateOf(job, [failed('a', { index: 1 })]))
    assert.deepEqual([plan.create, plan.waitMs], [[0, 2], 9000])
  })
})

describe('[JB1] counting', () => {
  test('names what ended, and frees it', () => {
    const pods = [succeeded('a'), failed('b'), running('c'), failed('counted', { isTracked: false })]
    const { status, release } = planCounting(stateOf(jobOf(), pods), undefined)
    assert.deepEqual(status.uncountedTerminatedPods, { succeeded: [pods[0]!.metadata.uid], failed: [pods[1]!.metadata.uid] })
    assert.deepEqual(names(release), ['a', 'b'])
  })

  test('counts those named that have no finalizer any more', () => {
    const status = { succeeded: 1, uncountedTerminatedPods: { succeeded: ['a', 'b'], failed: ['c'] } }
    assert.deepEqual(countReleased(status, new Set(['b'])), { succeeded: 2, failed: 1, uncountedTerminatedPods: { succeeded: ['b'] } })
  })

  test('[JB3] takes at most 500 at once', () => {
    const pods = Array.from({ length: 600 }, (_, i) => succeeded(`p${i}`))
    const { release, isPartial } = planCounting(stateOf(jobOf({ completions: 1000 }), pods), undefined)
    assert.deepEqual([release.length, isPartial], [500, true])
  })

  test('[JB3] frees first what an earlier run named, be it 500', () => {
    const pods = Array.from({ length: 600 }, (_, i) => succeeded(`p${i}`))
    const named = pods.slice(100).map(({ metadata }) => metadata.uid)
    const job = jobOf({ completions: 1000 }, { uncountedTerminatedPods: { succeeded: named } })
    const { release, isPartial, namesMore } = planCounting(stateOf(job, pods), undefined)
    assert.deepEqual([release, isPartial, namesMore], [pods.slice(100), true, false])
  })

  test('[JB18] keeps the last failure of an index until the next Pod is there', () => {
    const job = jobOf({ completionMode: 'Indexed', backoffLimitPerIndex: 2 })
    const first = failed('first', { index: 1 })
    assert.deepEqual(names(planCounting(stateOf(job, [first]), undefined).release), [])
    assert.deepEqual(names(planCounting(stateOf(job, [first, running('next', { index: 1 })]), undefined).release), ['first'])
  })

  test('[JB5] makes failures of Pods that run when the Job fails, and nothing of those that run when it succeeds', () => {
    const state = stateOf(jobOf(), [running('a')])
    const named = (type: 'FailureTarget' | 'SuccessCriteriaMet') =>
      planCounting(state, { type, reason: '', message: '' }).status.uncountedTerminatedPods
    assert.equal(named('FailureTarget')?.failed?.length, 1)
    assert.deepEqual(named('SuccessCriteriaMet'), {})
  })
})
