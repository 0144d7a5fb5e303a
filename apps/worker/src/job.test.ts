import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import { hasJobCondition, isJobFinished, jobs, pods, type Job, type Pod, type V1JobSpec } from '@quarterdeck/api'
import { keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { runControllers } from '@quarterdeck/controller-runtime'
import { jobController, orphanedJobPodsController } from '@quarterdeck/controllers'

import { eventually } from './testing/eventually.ts'
import { fastClock } from './testing/fast-clock.ts'
import { mortalClient, type Death } from './testing/mortal-client.ts'
import { scriptPods, type PodEnd, type ScriptedPods } from './testing/scripted-pods.ts'
import { startCluster } from './testing/test-cluster.ts'

const key: ObjectKey = { namespace: 'default', name: 'work' }

interface Story {
  spec: Partial<V1JobSpec>
  endOf: (pod: Pod, nth: number) => PodEnd
  /** What else happens meanwhile. */
  meanwhile?: (client: Client) => Promise<void>
  /** Whether Pods that the Job itself wants no more end as well: they count as nothing. */
  removesPods?: boolean
  /** What must be true at the end, beyond that every Pod was counted once. */
  atEnd: (job: Job, script: ScriptedPods) => void
}

/** Plays a story with a worker that may die once and is then followed by another. Resolves with the writes of the first. */
async function play(t: TestContext, story: Story, death: Death | undefined): Promise<number> {
  const { client } = await startCluster(t)
  const clock = fastClock(1000)
  const script = scriptPods(client, story.endOf, clock)
  const stop = new AbortController()
  t.after(async () => {
    stop.abort()
    script.stop()
    // A dead one never ends.
    if (!death) await Promise.all(runs)
  })
  const first = mortalClient(client, death)
  const controllers = [jobController, orphanedJobPodsController]
  const runs: Promise<void>[] = []
  const run = (through: Client, signal: AbortSignal): void =>
    void runs.push(runControllers({ controllers, client: through, signal, clock }))
  run(first.client, AbortSignal.any([first.signal, stop.signal]))
  first.signal.addEventListener('abort', () => run(client, stop.signal))

  await client.create(jobs, {
    metadata: { name: key.name, namespace: key.namespace },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }, ...story.spec },
    status: {},
  })
  await story.meanwhile?.(client)
  const job = await eventually(`the end of the Job${death ? ` after a death ${death.is} write ${death.atWrite}` : ''}`, async () => {
    const now = await client.get(jobs, key)
    return isJobFinished(now.status) && now
  })
  assert.equal(job.status.succeeded ?? 0, [...script.ended.values()].filter((phase) => phase === 'Succeeded').length, 'successes')
  const expectedFailures = [...script.ended.values()].filter((phase) => phase === 'Failed').length
  if (!story.removesPods) assert.equal(job.status.failed ?? 0, expectedFailures, 'failures')
  story.atEnd(job, script)
  const left = await client.list(pods, { namespace: key.namespace })
  for (const pod of left.items) assert.deepEqual(pod.metadata.finalizers ?? [], [])
  return first.writes()
}

const conditionsOf = ({ status }: Job): string[] => (status.conditions ?? []).map(({ type, reason }) => `${type}/${reason}`)
const indexOf = (pod: Pod): string => pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'] ?? ''
const failuresOf = (pod: Pod): number => Number(pod.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count'] ?? 0)

const stories: Record<string, Story> = {
  'three completions, two at once, of which two fail first': {
    spec: { completions: 3, parallelism: 2 },
    endOf: (_, nth) => (nth <= 2 ? 1 : 0),
    atEnd: (job, script) => {
      assert.deepEqual(conditionsOf(job), ['SuccessCriteriaMet/CompletionsReached', 'Complete/CompletionsReached'])
      assert.equal(script.seen.size, 5)
      assert.deepEqual(job.status.uncountedTerminatedPods, {})
    },
  },
  'an Indexed Job of which one index fails once': {
    spec: { completions: 3, parallelism: 3, completionMode: 'Indexed', backoffLimitPerIndex: 1 },
    endOf: (pod) => (indexOf(pod) === '1' && failuresOf(pod) === 0 ? 1 : 0),
    atEnd: (job, script) => {
      assert.equal(job.status.completedIndexes, '0-2')
      assert.equal(job.status.failedIndexes, '')
      assert.equal(script.seen.size, 4)
    },
  },
  'a limit of failures': {
    spec: { completions: 2, parallelism: 1, backoffLimit: 1 },
    endOf: () => 3,
    atEnd: (job, script) => {
      assert.deepEqual(conditionsOf(job), ['FailureTarget/BackoffLimitExceeded', 'Failed/BackoffLimitExceeded'])
      assert.equal(script.seen.size, 2)
    },
  },
  'a failure that fails the Job while other Pods run': {
    spec: {
      completions: 3,
      parallelism: 3,
      completionMode: 'Indexed',
      podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] },
    },
    endOf: (pod) => (indexOf(pod) === '1' ? 42 : 'runs on'),
    atEnd: (job, script) => {
      assert.deepEqual(conditionsOf(job), ['FailureTarget/PodFailurePolicy', 'Failed/PodFailurePolicy'])
      assert.match(
        job.status.conditions?.[1]?.message ?? '',
        /^Container c for pod default\/work-1-\w+ failed with exit code 42 matching FailJob rule at index 0$/,
      )
      assert.ok(script.seen.size <= 3)
    },
  },
  'a suspension and its end': {
    spec: { completions: 2, parallelism: 2 },
    removesPods: true,
    endOf: (pod) => (pod.metadata.labels?.['go'] ? 0 : 'runs on'),
    meanwhile: async (client) => {
      await eventually('two Pods', async () => (await client.get(jobs, key)).status.ready === 2)
      await client.patch(jobs, key, { spec: { suspend: true } }, { type: 'merge' })
      await eventually('the suspension', async () => {
        const { status } = await client.get(jobs, key)
        return !status.active && !status.terminating && !status.startTime && hasJobCondition(status, 'Suspended')
      })
      const template = { metadata: { labels: { go: 'on' } } }
      await client.patch(jobs, key, { spec: { suspend: true, template } }, { type: 'merge' })
      await client.patch(jobs, key, { spec: { suspend: false } }, { type: 'merge' })
    },
    atEnd: (job) => {
      assert.equal(job.status.failed ?? 0, 0)
      assert.deepEqual(conditionsOf(job), ['Suspended/JobResumed', 'SuccessCriteriaMet/CompletionsReached', 'Complete/CompletionsReached'])
    },
  },
  'a Pod that someone deletes': {
    spec: { completions: 2, parallelism: 2 },
    endOf: (_, nth) => (nth <= 2 ? 'runs on' : 0),
    meanwhile: async (client) => {
      await eventually('two Pods', async () => (await client.list(pods, { namespace: key.namespace })).items.length === 2)
      for (const pod of (await client.list(pods, { namespace: key.namespace })).items) await client.delete(pods, keyOf(pod))
    },
    atEnd: (job) => assert.equal(job.status.failed, 2),
  },
  'a Job that one success of three satisfies': {
    spec: {
      completions: 3,
      parallelism: 3,
      completionMode: 'Indexed',
      successPolicy: { rules: [{ succeededIndexes: '1', succeededCount: 1 }] },
    },
    removesPods: true,
    endOf: (pod) => (indexOf(pod) === '1' ? 0 : 'runs on'),
    atEnd: (job) => {
      assert.deepEqual(conditionsOf(job), ['SuccessCriteriaMet/SuccessPolicy', 'Complete/SuccessPolicy'])
      assert.equal(job.status.conditions?.[0]?.message, 'Matched rules at index 0')
      assert.equal(job.status.failed ?? 0, 0)
    },
  },
  'fewer Pods at once': {
    spec: { completions: 2, parallelism: 2 },
    removesPods: true,
    endOf: (_, nth) => (nth <= 2 ? 'runs on' : 0),
    meanwhile: async (client) => {
      await eventually('two Pods', async () => (await client.list(pods, { namespace: key.namespace })).items.length === 2)
      await client.patch(jobs, key, { spec: { parallelism: 0 } }, { type: 'merge' })
      await eventually('no Pods', async () => (await client.list(pods, { namespace: key.namespace })).items.length === 0)
      await client.patch(jobs, key, { spec: { parallelism: 2 } }, { type: 'merge' })
    },
    atEnd: (job) => assert.equal(job.status.failed ?? 0, 0),
  },
}

describe('[JB1] every Pod is counted once, wherever the worker dies, in a story of', () => {
  for (const [name, story] of Object.entries(stories))
    test(name, async (t) => {
      let writes = 0
      await t.test('no death', async (s) => {
        writes = await play(s, story, undefined)
      })
      for (let atWrite = 1; atWrite <= writes; atWrite++)
        for (const is of ['before', 'after'] as const)
          await t.test(`a death ${is} write ${atWrite}`, async (s) => {
            await play(s, story, { atWrite, is })
          })
    })
})
