import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import { cronJobs, jobs, type CronJob, type Job } from '@quarterdeck/api'
import { isApiError, timestamp, type ObjectKey } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { createInformer, runControllers, type Clock } from '@quarterdeck/controller-runtime'
import { FakeClock } from '@quarterdeck/controller-runtime/testing'
import { cronJobController, ttlAfterFinishedController } from '@quarterdeck/controllers'

import { eventually } from './testing/eventually.ts'
import { fastClock } from './testing/fast-clock.ts'
import { mortalClient, type Death } from './testing/mortal-client.ts'
import { startCluster } from './testing/test-cluster.ts'

const key: ObjectKey = { namespace: 'default', name: 'tick' }
const podTemplate = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
const controllers = [cronJobController, ttlAfterFinishedController]

/** Ends every Job at once. Resolves with the names of all that were ever made. */
function finishJobs(client: Client, clock: Clock, signal: AbortSignal): string[] {
  const made: string[] = []
  createInformer(client, jobs, { signal }).onChange(({ type, object }) => {
    if (type !== 'added') return
    made.push(object.metadata.name)
    void complete(client, object, clock).catch((error: unknown) => {
      if (!isApiError(error, 'NotFound', 'Conflict', 'ServiceUnavailable')) throw error
    })
  })
  return made
}

async function complete(client: Client, job: Job, clock: Clock): Promise<void> {
  const now = timestamp(new Date(clock.now()))
  const conditions = (['SuccessCriteriaMet', 'Complete'] as const).map((type) => ({ type, status: 'True', lastTransitionTime: now }))
  await client.update(
    jobs,
    { ...job, status: { startTime: now, completionTime: now, succeeded: 1, conditions } },
    { subresource: 'status' },
  )
}

/** Runs a CronJob of every minute for a few of them. Resolves with the writes of the first worker. */
async function play(t: TestContext, spec: Partial<CronJob['spec']>, death: Death | undefined): Promise<number> {
  const { client, signal } = await startCluster(t)
  const clock = fastClock(4000)
  const first = mortalClient(client, death)
  const run = (through: Client, until: AbortSignal): void => void runControllers({ controllers, client: through, signal: until, clock })
  const made = finishJobs(client, clock, signal)
  run(first.client, AbortSignal.any([first.signal, signal]))
  first.signal.addEventListener('abort', () => run(client, signal))
  await client.create(cronJobs, {
    metadata: { ...key },
    spec: { schedule: '* * * * *', timeZone: 'UTC', jobTemplate: { spec: { template: podTemplate } }, ...spec },
    status: {},
  })
  await eventually('three Jobs', () => made.length >= 3)
  assert.deepEqual(made, [...new Set(made)], 'a time got two Jobs')
  const numbers = made.map((name) => Number(name.slice(key.name.length + 1)))
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  )
  return first.writes()
}

const specs: Record<string, Partial<CronJob['spec']>> = {
  'whose Jobs are kept': {},
  'whose Jobs go once they have ended': { successfulJobsHistoryLimit: 0 },
  'whose Jobs have no time to live': { jobTemplate: { spec: { ttlSecondsAfterFinished: 0, template: podTemplate } } },
  'that allows one Job at a time': { concurrencyPolicy: 'Forbid' },
  'whose Jobs replace each other': { concurrencyPolicy: 'Replace' },
}

describe('[CJ16] no time gets two Jobs, wherever the worker dies, of a CronJob', () => {
  for (const [name, spec] of Object.entries(specs))
    test(name, async (t) => {
      let writes = 0
      await t.test('no death', async (s) => {
        writes = await play(s, spec, undefined)
      })
      for (let atWrite = 1; atWrite <= writes; atWrite++)
        for (const is of ['before', 'after'] as const)
          await t.test(`a death ${is} write ${atWrite}`, async (s) => {
            await play(s, spec, { atWrite, is })
          })
    })
})

describe('a finished Job', () => {
  async function startWith(t: TestContext, spec: Partial<Job['spec']>) {
    const { client, signal } = await startCluster(t)
    const clock = new FakeClock(Date.now())
    const jobKey = { namespace: 'default', name: 'done' }
    const job = await client.create(jobs, { metadata: { ...jobKey }, spec: { template: podTemplate, ...spec }, status: {} })
    await complete(client, job, clock)
    void runControllers({ controllers, client, signal, clock })
    const isGoing = async (): Promise<boolean> => {
      const now = await client.get(jobs, jobKey).catch(() => undefined)
      return !now || now.metadata.deletionTimestamp !== undefined
    }
    return { client, clock, jobKey, isGoing }
  }

  test('[TT1] goes when its time to live is over, not before', async (t) => {
    const { clock, isGoing } = await startWith(t, { ttlSecondsAfterFinished: 100 })
    await eventually('it is waited for', () => clock.pending > 0)
    await clock.advance(98_000)
    assert.equal(await isGoing(), false)
    await clock.advance(3000)
    await eventually('its deletion', isGoing)
  })

  test('[TT2] gets the longer time that was asked for meanwhile', async (t) => {
    const { client, clock, jobKey, isGoing } = await startWith(t, { ttlSecondsAfterFinished: 100 })
    await eventually('it is waited for', () => clock.pending > 0)
    await client.patch(jobs, jobKey, { spec: { ttlSecondsAfterFinished: 300 } }, { type: 'merge' })
    await clock.advance(150_000)
    assert.equal(await isGoing(), false)
    await clock.advance(151_000)
    await eventually('its deletion', isGoing)
  })

  test('[TT3] stays without a time to live', async (t) => {
    const { clock, isGoing } = await startWith(t, {})
    await clock.advance(10_000_000)
    assert.equal(await isGoing(), false)
  })
})
