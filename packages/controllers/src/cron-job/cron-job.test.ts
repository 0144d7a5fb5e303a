import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { CronJob, Job, V1CronJobStatus } from '@quarterdeck/api'

import { metaOf } from '../testing/objects.ts'
import { beyondHistory } from './history.ts'
import { jobOfCronJob } from './job-of-cron-job.ts'
import { observeJobs } from './observe-jobs.ts'
import { planStart } from './plan-start.ts'

function cronJobOf(spec: Partial<CronJob['spec']> = {}, status: V1CronJobStatus = {}): CronJob {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metaOf('tick', { creationTimestamp: '2026-01-01T10:00:00Z' }),
    spec: { schedule: '0 * * * *', timeZone: 'UTC', concurrencyPolicy: 'Allow', jobTemplate: { spec: { template: {} } }, ...spec },
    status,
  }
}

const at = (time: string): number => Date.parse(`2026-01-01T${time}Z`)
const secondsOf = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString().slice(11, 19))
const active = [{ name: 'tick-1', uid: 'u' }]

describe('[CJ11] starting', () => {
  const last = { lastScheduleTime: '2026-01-01T11:00:00Z' }
  const cases: [what: string, cronJob: CronJob, now: string, due: string | undefined, next: string | undefined, ...events: string[]][] = [
    ['not before the first time', cronJobOf(), '10:59:00', undefined, '11:00:00'],
    ['at the first time', cronJobOf(), '11:00:00', '11:00:00', '12:00:00'],
    ['not twice', cronJobOf({}, last), '11:00:30', undefined, '12:00:00'],
    ['late', cronJobOf({}, last), '12:40:00', '12:00:00', '13:00:00'],
    ['only the latest of those missed', cronJobOf({}, last), '15:40:00', '15:00:00', '16:00:00'],
    ['not past the deadline', cronJobOf({ startingDeadlineSeconds: 60 }, last), '12:40:00', undefined, '13:00:00'],
    ['within the deadline', cronJobOf({ startingDeadlineSeconds: 60 }, last), '12:00:59', '12:00:00', '13:00:00'],
    ['nothing while suspended', cronJobOf({ suspend: true }), '12:00:00', undefined, undefined],
    ['beside another', cronJobOf({}, { ...last, active }), '12:00:00', '12:00:00', '13:00:00'],
    ['in place of another', cronJobOf({ concurrencyPolicy: 'Replace' }, { ...last, active }), '12:00:00', '12:00:00', '13:00:00'],
    [
      'not beside another if that is forbidden',
      cronJobOf({ concurrencyPolicy: 'Forbid' }, { ...last, active }),
      '12:00:00',
      undefined,
      '13:00:00',
      'JobAlreadyActive',
    ],
    [
      'with a complaint if more than 100 were missed',
      cronJobOf({ schedule: '* * * * *' }),
      '11:41:00',
      '11:41:00',
      '11:42:00',
      'TooManyMissedTimes',
    ],
    ['without one for 100', cronJobOf({ schedule: '* * * * *' }), '11:40:00', '11:40:00', '11:41:00'],
    ['in its zone', cronJobOf({ schedule: '30 20 * * *', timeZone: 'Asia/Tokyo' }), '11:30:00', '11:30:00', '11:30:00'],
    ['nothing in no zone', cronJobOf({ timeZone: 'Mars/One' }), '12:00:00', undefined, undefined, 'UnknownTimeZone'],
    ['nothing by no schedule', cronJobOf({ schedule: 'x' }), '12:00:00', undefined, undefined, 'UnparseableSchedule'],
    ['nothing on 31 February', cronJobOf({ schedule: '0 0 31 2 *' }), '12:00:00', undefined, undefined, 'InvalidSchedule'],
    [
      'in the zone of an old schedule',
      cronJobOf({ schedule: 'TZ=Asia/Tokyo 0 20 * * *' }),
      '11:00:00',
      '11:00:00',
      '11:00:00',
      'UnsupportedSchedule',
    ],
  ]
  for (const [what, cronJob, now, due, next, ...events] of cases)
    test(what, () => {
      const plan = planStart(cronJob, { nowMs: at(now), notBeforeMs: -Infinity })
      assert.deepEqual([secondsOf(plan.dueMs), secondsOf(plan.nextMs), ...plan.events.map(({ reason }) => reason)], [due, next, ...events])
    })

  test('[CJ12] times before the schedule was changed are let go', () => {
    const plan = planStart(cronJobOf({ schedule: '*/5 * * * *' }), { nowMs: at('10:33:00'), notBeforeMs: at('10:33:00') })
    assert.deepEqual([plan.dueMs, secondsOf(plan.nextMs)], [undefined, '10:35:00'])
  })
})

test('[CJ13] a Job is called after the minute it was made for, and says the time in its zone', () => {
  const cronJob = cronJobOf({
    timeZone: 'Asia/Tokyo',
    jobTemplate: { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } }, spec: { template: {} } },
  })
  const { metadata } = jobOfCronJob(cronJob, at('11:00:00'))
  assert.equal(metadata.name, `tick-${at('11:00:00') / 60_000}`)
  assert.deepEqual(metadata.labels, { a: 'b' })
  assert.deepEqual(metadata.annotations, { c: 'd', 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T20:00:00+09:00' })
  assert.equal(metadata.ownerReferences?.[0]?.uid, cronJob.metadata.uid)
})

type Ending = 'Complete' | 'Failed' | undefined

/** Made by the schedule at that time, unless it is `manual`. */
function jobOf(time: string, ending: Ending, extra: { isManual?: boolean } = {}): Job {
  const draft = jobOfCronJob(cronJobOf(), at(time))
  const conditions = ending ? [{ type: ending, status: 'True' }] : []
  const ended = `2026-01-01T${time.slice(0, 6)}30Z`
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metaOf(draft.metadata.name!, extra.isManual ? {} : { annotations: draft.metadata.annotations }),
    spec: { template: {} },
    status: { startTime: `2026-01-01T${time}Z`, conditions, ...(ending === 'Complete' ? { completionTime: ended } : {}) },
  }
}

describe('[CJ14] what its Jobs tell a CronJob', () => {
  const reference = (job: Job) => ({ name: job.metadata.name, uid: job.metadata.uid })
  const none = new Set<string>()

  test('a Job that was made and not put on record is', () => {
    const job = jobOf('11:00:00', undefined)
    const { status, events } = observeJobs(cronJobOf(), [job], none)
    assert.deepEqual(
      status.active?.map(({ name, uid }) => ({ name, uid })),
      [reference(job)],
    )
    assert.equal(status.lastScheduleTime, '2026-01-01T11:00:00Z')
    assert.deepEqual(events, [])
  })

  test('one that ended is active no more, and its success is remembered', () => {
    const [done, failed] = [jobOf('11:00:00', 'Complete'), jobOf('12:00:00', 'Failed')]
    const { status, events } = observeJobs(cronJobOf({}, { active: [reference(done), reference(failed)] }), [done, failed], none)
    assert.deepEqual(status, { lastScheduleTime: '2026-01-01T12:00:00Z', lastSuccessfulTime: '2026-01-01T11:00:30Z' })
    assert.deepEqual(
      events.map(({ message }) => message),
      [`Saw completed job: ${done.metadata.name}, condition: Complete`, `Saw completed job: ${failed.metadata.name}, condition: Failed`],
    )
  })

  test('one that went missing is active no more', () => {
    const { status, events } = observeJobs(cronJobOf({}, { active }), [], new Set(['u']))
    assert.deepEqual(status, {})
    assert.deepEqual(
      events.map(({ reason, message }) => [reason, message]),
      [['MissingJob', 'Active job went missing: tick-1']],
    )
  })

  test('one that someone else made is reported', () => {
    const { status, events } = observeJobs(cronJobOf(), [jobOf('11:00:00', undefined, { isManual: true })], none)
    assert.deepEqual([status, events.map(({ reason }) => reason)], [{}, ['UnexpectedJob']])
  })
})

test('[CJ15] beyond the limits of the history the oldest finished Jobs go', () => {
  const owned = [jobOf('13:00:00', 'Complete'), jobOf('11:00:00', 'Complete'), jobOf('12:00:00', 'Failed'), jobOf('10:00:00', undefined)]
  const names = (spec: Partial<CronJob['spec']>): string[] =>
    beyondHistory(cronJobOf(spec), owned).map(({ status }) => status.startTime!.slice(11, 13))
  assert.deepEqual(names({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1 }), ['11'])
  assert.deepEqual(names({ successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 0 }), ['11', '13', '12'])
  assert.deepEqual(names({}), [])
})
