import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { HorizontalPodAutoscaler, Pod, V2HPAScalingRules, V2MetricSpec } from '@quarterdeck/api'

import { metaOf, podOf } from '../testing/objects.ts'
import { AutoscalerConditions } from './autoscaler-conditions.ts'
import type { MetricsSource, PodMetrics } from './metrics-source.ts'
import { planReplicas } from './plan-replicas.ts'
import { defaultTimes, replicasForAverage, replicasForUtilization, requestsOf } from './replica-calculator.ts'
import { ScalingHistory } from './scaling-history.ts'
import { limitByRules, limitPlainly } from './scaling-limits.ts'

const nowMs = Date.UTC(2026, 0, 1, 12)
const ago = (seconds: number): string => new Date(nowMs - seconds * 1000).toISOString()
const times = { nowMs, ...defaultTimes }
const tolerances = { scaleUp: 0.1, scaleDown: 0.1 }

interface PodSpec {
  usage?: number
  phase?: string
  ready?: boolean
  startedAgo?: number
  readyAgo?: number
  request?: string
  leaving?: boolean
}

function podAnd(
  name: string,
  { phase = 'Running', ready = true, startedAgo = 3600, readyAgo = 3000, request = '1000m', leaving = false }: PodSpec,
): Pod {
  return podOf(name, {
    meta: leaving ? { deletionTimestamp: ago(1) } : {},
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: request } } }] },
    status: {
      phase,
      startTime: ago(startedAgo),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(readyAgo) }],
    },
  })
}

const inputOf = (specs: readonly PodSpec[], isCpu = true) => {
  const pods = specs.map((spec, i) => podAnd(`p${i}`, spec))
  const metrics: PodMetrics = new Map()
  for (const [i, { usage }] of specs.entries())
    if (usage !== undefined) metrics.set(`p${i}`, { milli: usage, atMs: nowMs - 1000, windowMs: 15_000 })
  return { pods, metrics, currentReplicas: specs.length, tolerances, times, isCpu }
}

void describe('[HP1] the replicas that a utilization of 50% asks for', () => {
  const cases: [what: string, pods: PodSpec[], replicas: number][] = [
    ['grow with the load', [{ usage: 1000 }, { usage: 1000 }], 4],
    ['shrink with it', [{ usage: 100 }, { usage: 100 }, { usage: 100 }, { usage: 100 }], 1],
    ['stay within the tolerance', [{ usage: 530 }, { usage: 540 }], 2],
    ['stay while a pod that is unknown could need what is there', [{ usage: 400 }, { usage: 400 }, {}], 3],
    ['grow no more than unknown pods at rest would need', [{ usage: 900 }, { usage: 900 }, {}], 4],
    ['do not count pods that are not ready', [{ usage: 1000 }, { usage: 1000, ready: false, startedAgo: 20, readyAgo: 20 }], 2],
    ['do not count pods that start', [{ usage: 1000 }, { usage: 1000, startedAgo: 20, readyAgo: 5 }], 2],
    ['count pods that were ready for a whole window', [{ usage: 1000 }, { usage: 1000, startedAgo: 60, readyAgo: 40 }], 4],
    ['do not count pending pods', [{ usage: 500 }, { phase: 'Pending' }], 2],
    ['do not count pods that go', [{ usage: 1000 }, { usage: 1000, leaving: true }], 2],
    ['do not count failed pods', [{ usage: 1000 }, { usage: 5, phase: 'Failed' }], 2],
  ]
  for (const [what, specs, replicas] of cases)
    void test(what, () => {
      const input = inputOf(specs)
      assert.equal(replicasForUtilization(input, 50, requestsOf(input.pods, 'cpu')).replicas, replicas)
    })

  void test('are unknown without any figures', () =>
    assert.throws(() => replicasForUtilization(inputOf([{}]), 50, new Map([['p0', 1]])), /did not receive metrics for targeted pods/))
  void test('are unknown without pods', () =>
    assert.throws(() => replicasForUtilization(inputOf([]), 50, new Map()), /no pods returned by selector/))
  void test('are unknown where a container requests nothing', () =>
    assert.throws(() => requestsOf([podAnd('p', {})], 'memory'), /missing request for memory in container c of Pod p/))
  void test('are those of an average, where that is aimed at', () =>
    assert.equal(replicasForAverage(inputOf([{ usage: 300 }, { usage: 500 }], false), 200).replicas, 4))
})

void describe('[HP2] limits', () => {
  const rules = (
    scaleUp: V2HPAScalingRules,
    scaleDown: V2HPAScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  ) => ({ scaleUp, scaleDown })
  const bounds = (current: number, desired: number) => ({ current, desired, min: 1, max: 100 })
  const limited = (
    current: number,
    desired: number,
    up: V2HPAScalingRules,
    changes: [agoSeconds: number, by: number][] = [],
    down?: V2HPAScalingRules,
  ) => {
    const history = new ScalingHistory(current, nowMs - 10_000_000)
    for (const [seconds, by] of changes) history.changed(by, nowMs - seconds * 1000)
    const { replicas, reason } = limitByRules(bounds(current, desired), rules(up, down), { history, nowMs })
    return [replicas, reason]
  }
  const pods = (value: number, periodSeconds = 60) => ({ type: 'Pods', value, periodSeconds })
  const percent = (value: number, periodSeconds = 60) => ({ type: 'Percent', value, periodSeconds })

  void test('without policies a target is at most doubled, and may always reach 4', () => {
    assert.deepEqual([limitPlainly(bounds(1, 50)).replicas, limitPlainly(bounds(10, 50)).replicas], [4, 20])
    assert.equal(limitPlainly(bounds(10, 50)).reason, 'ScaleUpLimit')
    assert.equal(limitPlainly({ ...bounds(10, 50), max: 15 }).reason, 'TooManyReplicas')
    assert.equal(limitPlainly({ ...bounds(10, 1), min: 3 }).reason, 'TooFewReplicas')
    assert.equal(limitPlainly(bounds(10, 12)).reason, 'DesiredWithinRange')
  })
  void test('so many pods a period', () => assert.deepEqual(limited(10, 30, { policies: [pods(4)] }), [14, 'ScaleUpLimit']))
  void test('less what was added in it', () => assert.deepEqual(limited(10, 30, { policies: [pods(4)] }, [[30, 3]]), [11, 'ScaleUpLimit']))
  void test('but not what was added before', () =>
    assert.deepEqual(limited(10, 30, { policies: [pods(4)] }, [[61, 3]]), [14, 'ScaleUpLimit']))
  void test('a share, rounded up', () => assert.deepEqual(limited(3, 30, { policies: [percent(10)] }), [4, 'ScaleUpLimit']))
  void test('the largest of several', () => assert.deepEqual(limited(10, 90, { policies: [pods(4), percent(100)] }), [20, 'ScaleUpLimit']))
  void test('the smallest of several', () =>
    assert.deepEqual(limited(10, 90, { selectPolicy: 'Min', policies: [pods(4), percent(100)] }), [14, 'ScaleUpLimit']))
  void test('none at all', () => assert.deepEqual(limited(10, 90, { selectPolicy: 'Disabled', policies: [pods(4)] }), [10, 'ScaleUpLimit']))
  void test('downwards', () => assert.deepEqual(limited(10, 1, {}, [], { policies: [pods(2)] }), [8, 'ScaleDownLimit']))
  void test('downwards, less what went in the period', () =>
    assert.deepEqual(limited(10, 1, {}, [[5, -1]], { policies: [pods(2)] }), [9, 'ScaleDownLimit']))
})

void describe('[HP3] an autoscaler', () => {
  const cpu: V2MetricSpec = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }
  const custom: V2MetricSpec = { type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '1' } } }
  const autoscalerOf = (spec: Partial<HorizontalPodAutoscaler['spec']>): HorizontalPodAutoscaler => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metaOf('h'),
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 10, metrics: [cpu], ...spec },
    status: { desiredReplicas: 0 },
  })
  const plan = async (
    usages: readonly number[],
    spec: Partial<HorizontalPodAutoscaler['spec']> = {},
    more: { history?: ScalingHistory; external?: number } = {},
  ) => {
    const { pods, metrics } = inputOf(usages.map((usage) => ({ usage })))
    const source: MetricsSource = {
      resource: () => metrics,
      pods: () => Promise.reject(new Error('no hits')),
      object: () => Promise.reject(new Error('no object')),
      external: () => Promise.resolve([more.external ?? 0]),
    }
    const conditions = new AutoscalerConditions([], nowMs)
    const history = more.history ?? new ScalingHistory(usages.length, nowMs - 1_000_000)
    const replicas = { wanted: usages.length, existing: usages.length }
    const planned = await planReplicas({ autoscaler: autoscalerOf(spec), pods, replicas, source, times, conditions, history, nowMs })
    return {
      ...planned,
      conditions: Object.fromEntries(conditions.list().map(({ type, status, reason }) => [type, `${status} ${reason}`])),
    }
  }

  void test('grows when its pods use more than the target', async () => {
    const { replicas, reason, conditions, statuses } = await plan([1000, 1000])
    assert.deepEqual([replicas, reason], [4, 'cpu resource utilization (percentage of request) above target'])
    assert.deepEqual(conditions, {
      ScalingActive: 'True ValidMetricFound',
      AbleToScale: 'True ReadyForNewScale',
      ScalingLimited: 'False DesiredWithinRange',
    })
    assert.deepEqual(statuses[0]?.resource?.current, { averageUtilization: 100, averageValue: '1' })
  })
  void test('shrinks when all of them use less', async () =>
    assert.deepEqual([(await plan([50, 50, 50])).replicas, (await plan([50, 50, 50])).reason], [1, 'All metrics below target']))
  void test('does not shrink while a recommendation of the last five minutes was higher', async () => {
    const history = new ScalingHistory(3, nowMs - 200_000)
    const { replicas, conditions } = await plan([50, 50, 50], {}, { history })
    assert.deepEqual([replicas, conditions['AbleToScale']], [3, 'True ScaleDownStabilized'])
  })
  void test('shrinks at once if its behaviour says so', async () => {
    const history = new ScalingHistory(3, nowMs - 200_000)
    const policies = [{ type: 'Percent', value: 100, periodSeconds: 15 }]
    const behavior = { scaleUp: { stabilizationWindowSeconds: 0, policies }, scaleDown: { stabilizationWindowSeconds: 0, policies } }
    assert.equal((await plan([50, 50, 50], { behavior }, { history })).replicas, 1)
  })
  void test('stays within its bounds', async () => {
    assert.deepEqual((await plan([1000, 1000, 1000], { maxReplicas: 4 })).replicas, 4)
    assert.equal((await plan([1000, 1000, 1000], { maxReplicas: 2 })).reason, 'Current number of replicas above Spec.MaxReplicas')
    assert.equal((await plan([1], { minReplicas: 3 })).reason, 'Current number of replicas below Spec.MinReplicas')
  })
  void test('leaves a target without replicas alone', async () => {
    const { replicas, conditions } = await plan([])
    assert.deepEqual([replicas, conditions], [0, { ScalingActive: 'False ScalingDisabled' }])
  })
  void test('grows though a metric is unknown, and does not shrink', async () => {
    assert.equal((await plan([1000, 1000], { metrics: [cpu, custom] })).replicas, 4)
    const { replicas, problem, conditions } = await plan([50, 50], { metrics: [cpu, custom] })
    assert.deepEqual([replicas, conditions], [2, { ScalingActive: 'False FailedGetPodsMetric' }])
    assert.equal(problem?.message, 'invalid metrics (1 invalid out of 2), first error is: failed to get pods metric value: no hits')
  })
  void test('follows a figure that is no pod’s, shared among them', async () => {
    const external: V2MetricSpec = {
      type: 'External',
      external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '10' } },
    }
    const { replicas, statuses } = await plan([1, 1], { metrics: [external] }, { external: 75_000 })
    assert.equal(replicas, 4)
    assert.equal(statuses[0]?.external?.current.averageValue, '37500m')
  })
})
