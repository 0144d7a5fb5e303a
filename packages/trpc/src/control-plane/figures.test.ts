import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiOf, controllersOf, processOf, schedulerOf, type Reading } from './figures.ts'
import { parsePrometheus, sumOf } from './parse-prometheus.ts'
import { bucketsOf, bucketsSince, quantileOf } from './quantile.ts'

const at = (atMs: number, text: string): Reading => ({ atMs, metrics: parsePrometheus(text) })

test('reads labels with escapes, numbers of every form, and passes over comments', () => {
  const metrics = parsePrometheus('# HELP a b\na{x="q\\"\\\\n",y="2"} 1.5e3\na{x="z"} 2\nb +Inf\n\nnot a line\n')
  assert.deepEqual(metrics.get('a')?.[0], { labels: { x: 'q"\\n', y: '2' }, value: 1500 })
  assert.equal(sumOf(metrics, 'a'), 1502)
  assert.equal(sumOf(metrics, 'a', { x: 'z' }), 2)
  assert.equal(metrics.get('b')?.[0]?.value, Infinity)
})

test('quantiles are interpolated in their bucket, and are those since the reading before', () => {
  const histogram = (...counts: number[]) =>
    bucketsOf(parsePrometheus([0.1, 0.5, '+Inf'].map((le, i) => `h_bucket{le="${le}"} ${counts[i]}`).join('\n')), 'h')
  assert.equal(quantileOf(histogram(0, 0, 0), 0.5), undefined)
  assert.equal(quantileOf(histogram(10, 10, 10), 0.5), 0.05)
  assert.equal(quantileOf(histogram(0, 10, 10), 0.5)?.toFixed(3), '0.300')
  assert.equal(quantileOf(histogram(0, 0, 4), 0.99), 0.5)
  assert.equal(quantileOf(bucketsSince(histogram(10, 10, 10), histogram(10, 20, 20)), 0.5)?.toFixed(3), '0.300')
  assert.deepEqual(bucketsSince(histogram(10, 10, 10), histogram(1, 1, 1)), histogram(1, 1, 1))
})

const worker = (reconciles: number, errors: number): string => `
workqueue_depth{name="job"} 3
workqueue_depth{name="idle"} 0
workqueue_retries_total{name="job"} 4
controller_runtime_reconcile_total{controller="job",result="success"} ${reconciles}
controller_runtime_reconcile_total{controller="job",result="error"} ${errors}
controller_runtime_reconcile_time_seconds_bucket{controller="job",le="0.1"} ${reconciles}
controller_runtime_reconcile_time_seconds_bucket{controller="job",le="+Inf"} ${reconciles}
scheduler_pending_pods{queue="active"} 7
scheduler_schedule_attempts_total{result="scheduled"} ${reconciles}
process_cpu_seconds_total ${reconciles / 100}
process_resident_memory_bytes 1024
`

test('[DB10] each controller has its depth, rate, latency, retries and errors', () => {
  const [before, after] = [at(0, worker(100, 1)), at(10_000, worker(150, 3))]
  const [idle, job] = controllersOf(before, after)
  assert.equal(idle?.name, 'idle')
  assert.deepEqual(
    { ...job, latency: undefined, wait: undefined },
    {
      name: 'job',
      depth: 3,
      reconciles: 153,
      perSecond: 5.2,
      retries: 4,
      errors: 3,
      recentErrors: 2,
      latency: undefined,
      wait: undefined,
    },
  )
  assert.equal(job?.latency.p50, 0.05)
  assert.deepEqual(job?.wait, { p50: null, p99: null })
  assert.deepEqual(schedulerOf(before, after).queues, [{ name: 'active', count: 7 }])
  assert.equal(schedulerOf(before, after).perSecond, 5)
  assert.equal(processOf(before, after).cores, 0.05)
})

test('[DB10] a process that began anew has no rate until there are two readings of it', () => {
  assert.equal(controllersOf(at(0, worker(100, 1)), at(10_000, worker(5, 0)))[1]?.perSecond, null)
  assert.equal(controllersOf(undefined, at(0, worker(5, 0)))[1]?.perSecond, null)
})

test('[DB10] the API server has its requests by verb, failures and watches', () => {
  const api = at(
    0,
    'apiserver_request_total{verb="GET",code="200"} 8\napiserver_request_total{verb="PUT",code="503"} 2\napiserver_longrunning_requests 6\n',
  )
  const { requests, failures, watches, verbs } = apiOf(undefined, api)
  assert.deepEqual({ requests, failures, watches }, { requests: 10, failures: 2, watches: 6 })
  assert.deepEqual(
    verbs.map(({ verb }) => verb),
    ['GET', 'PUT'],
  )
})
