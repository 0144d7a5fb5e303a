import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import {
  events,
  hasJobCondition,
  isJobFinished,
  jobs,
  namespaces,
  pods,
  type Job,
  type Kind,
  type Pod,
  type V1JobSpec,
} from '@quarterdeck/api'
import { isApiError, type ObjectKey } from '@quarterdeck/api-machinery'
import { getIfExists, type Client } from '@quarterdeck/client'
import { runControllers } from '@quarterdeck/controller-runtime'
import { createGarbageCollector, createNamespaceController, jobController, orphanedJobPodsController } from '@quarterdeck/controllers'

import { eventually } from './testing/eventually.ts'
import { fastClock } from './testing/fast-clock.ts'
import { scriptPods, type PodEnd } from './testing/scripted-pods.ts'
import { startCluster } from './testing/test-cluster.ts'

const key: ObjectKey = { namespace: 'default', name: 'work' }
const trackingFinalizer = 'batch.kubernetes.io/job-tracking'

async function start(t: TestContext, endOf: (pod: Pod, nth: number) => PodEnd = () => 'runs on') {
  const { client, server, signal } = await startCluster(t)
  const clock = fastClock(1000)
  const script = scriptPods(client, endOf, clock)
  const controllers = [jobController, orphanedJobPodsController, createGarbageCollector(() => server.core.registry.kinds)]
  void runControllers({ controllers, client, signal, clock })
  t.after(() => script.stop())
  const podsNow = async (): Promise<Pod[]> => (await client.list(pods, { namespace: key.namespace })).items
  return { client, clock, script, podsNow, job: () => client.get(jobs, key) }
}

function create(client: Client, spec: Partial<V1JobSpec> = {}): Promise<Job> {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
  return client.create(jobs, { metadata: { ...key }, spec: { template, ...spec }, status: {} })
}

const running = (count: number, job: () => Promise<Job>): Promise<unknown> =>
  eventually(`${count} running Pods`, async () => (await job()).status.ready === count)

describe('a Job', () => {
  test('[JB18] lets the pods of its indexes go when its namespace ends: none can take their place', async (t) => {
    const { client, server, signal } = await startCluster(t)
    const clock = fastClock(1000)
    const script = scriptPods(client, () => 'runs on', clock)
    t.after(() => script.stop())
    const kinds = (): readonly Kind[] => server.core.registry.kinds
    const controllers = [jobController, orphanedJobPodsController, createGarbageCollector(kinds), createNamespaceController(kinds)]
    void runControllers({ controllers, client, signal, clock })
    const ending = { namespace: '', name: 'ending' }
    await client.create(namespaces, { metadata: { name: 'ending' }, spec: {}, status: {} })
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
    const spec = { template, completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 3 }
    await client.create(jobs, { metadata: { namespace: 'ending', name: 'work' }, spec, status: {} })
    await eventually('two pods', async () => (await client.get(jobs, { namespace: 'ending', name: 'work' })).status.ready === 2)
    await client.delete(namespaces, ending)
    await eventually('its end', async () => (await getIfExists(client, namespaces, ending)) === undefined)
  })

  test('[JB10] gives the Pods of an Indexed Job their index as annotation, label, host name and variable', async (t) => {
    const { client, podsNow, job } = await start(t)
    await create(client, { completionMode: 'Indexed', completions: 2, parallelism: 2 })
    await running(2, job)
    const [first] = (await podsNow()).toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    assert.match(first!.metadata.name, /^work-0-[a-z0-9]{5}$/)
    assert.equal(first!.spec.hostname, 'work-0')
    assert.equal(first!.metadata.labels?.['batch.kubernetes.io/job-completion-index'], '0')
    const fieldPath = "metadata.labels['batch.kubernetes.io/job-completion-index']"
    assert.deepEqual(first!.spec.containers[0]?.env, [
      { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } },
    ])
    assert.deepEqual(first!.metadata.finalizers, [trackingFinalizer])
  })

  test('[JB11] takes an orphan that it selects, and gives up a Pod that it selects no more', async (t) => {
    const { client, podsNow, job } = await start(t)
    const { metadata } = await create(client, { completions: 1 })
    await running(1, job)
    const [pod] = await podsNow()
    const podKey = { namespace: key.namespace, name: pod!.metadata.name }
    await client.patch(pods, podKey, { metadata: { ownerReferences: null } }, { type: 'merge' })
    await eventually('its adoption', async () => {
      const now = await client.get(pods, podKey)
      return now.metadata.ownerReferences?.[0]?.uid === metadata.uid && now.metadata.finalizers?.includes(trackingFinalizer)
    })
    await client.patch(pods, podKey, { metadata: { labels: null } }, { type: 'merge' })
    await eventually('its release', async () => {
      const now = await client.get(pods, podKey)
      return !now.metadata.ownerReferences?.length && !now.metadata.finalizers?.length
    })
    await eventually('another Pod', async () => (await podsNow()).length === 2)
  })

  for (const propagationPolicy of ['Background', 'Foreground', 'Orphan', undefined] as const)
    test(`[JB12] [D4] that is deleted (${propagationPolicy ?? 'with no word of its pods'}) leaves no Pod with the finalizer`, async (t) => {
      const { client, podsNow, job } = await start(t)
      await create(client, { completions: 3, parallelism: 3 })
      await running(3, job)
      await client.delete(jobs, key, propagationPolicy ? { propagationPolicy } : {})
      await eventually('the Job to go', async () => (await job().catch((error: unknown) => isApiError(error, 'NotFound'))) === true)
      const left = propagationPolicy === 'Orphan' || !propagationPolicy ? 3 : 0
      await eventually(`${left} Pods without finalizers`, async () => {
        const now = await podsNow()
        return now.length === left && now.every(({ metadata }) => !metadata.finalizers?.length && !metadata.ownerReferences?.length)
      })
    })

  test('[JB13] that another controller manages is left alone', async (t) => {
    const { client, podsNow, job } = await start(t)
    await create(client, { managedBy: 'acme.io/jobs' })
    await client.create(jobs, {
      metadata: { namespace: key.namespace, name: 'other' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
      status: {},
    })
    await eventually('a Pod of another Job', async () => (await podsNow()).length > 0)
    assert.deepEqual(
      (await podsNow()).filter(({ metadata }) => metadata.labels?.['job-name'] === 'work'),
      [],
    )
    assert.deepEqual((await job()).status, {})
  })

  test('[JB14] that is active for longer than its deadline fails', async (t) => {
    const { client, job } = await start(t)
    await create(client, { activeDeadlineSeconds: 30 })
    const { status } = await eventually('its end', async () => {
      const now = await job()
      return isJobFinished(now.status) && now
    })
    assert.deepEqual(
      status.conditions?.map(({ type, reason, message }) => [type, reason, message]),
      ['FailureTarget', 'Failed'].map((type) => [type, 'DeadlineExceeded', 'Job was active longer than specified deadline']),
    )
    await eventually('an event', async () =>
      (await client.list(events)).items.some(({ reason, type }) => reason === 'DeadlineExceeded' && type === 'Warning'),
    )
  })

  test('[JB15] with podReplacementPolicy Failed waits for the end of a Pod before it makes another', async (t) => {
    const { client, podsNow, job, script } = await start(t, () => 'runs on')
    await create(client, { podReplacementPolicy: 'Failed' })
    await running(1, job)
    script.holdDeleted(true)
    const [pod] = await podsNow()
    await client.delete(pods, { namespace: key.namespace, name: pod!.metadata.name })
    await eventually('a terminating Pod', async () => (await job()).status.terminating === 1)
    assert.equal((await podsNow()).length, 1)
    assert.equal((await job()).status.failed ?? 0, 0)
    script.holdDeleted(false)
    await eventually('another Pod', async () => (await podsNow()).some(({ metadata }) => metadata.uid !== pod!.metadata.uid))
    await eventually('the failure', async () => (await job()).status.failed === 1)
  })

  test('[JB16] that is suspended from the start has no Pods and no start time until it is resumed', async (t) => {
    const { client, podsNow, job } = await start(t)
    await create(client, { suspend: true })
    await eventually('its suspension', async () => hasJobCondition((await job()).status, 'Suspended'))
    assert.equal((await job()).status.startTime, undefined)
    assert.equal((await podsNow()).length, 0)
    await client.patch(jobs, key, { spec: { suspend: false } }, { type: 'merge' })
    await running(1, job)
    assert.ok((await job()).status.startTime)
    await eventually('its events', async () => {
      const reasons = new Set((await client.list(events)).items.map(({ reason }) => reason))
      return ['Suspended', 'Resumed', 'SuccessfulCreate'].every((reason) => reasons.has(reason))
    })
  })

  test('[JB17] waits 10 s after a failure, 20 s after the next', async (t) => {
    const { client, clock, job } = await start(t, (_, nth) => (nth <= 2 ? 1 : 0))
    const startedMs = clock.now()
    await create(client, {})
    await eventually('its end', async () => isJobFinished((await job()).status))
    assert.ok(clock.now() - startedMs >= 28_000, 'finish times are whole seconds')
    assert.equal((await job()).status.failed, 2)
  })

  test('[JB18] fails the index whose limit is reached and goes on with the others', async (t) => {
    const { client, job } = await start(t, (pod) => (pod.spec.hostname === 'work-1' ? 1 : 0))
    await create(client, { completionMode: 'Indexed', completions: 4, parallelism: 2, backoffLimitPerIndex: 1 })
    const { status } = await eventually('its end', async () => {
      const now = await job()
      return isJobFinished(now.status) && now
    })
    assert.deepEqual([status.completedIndexes, status.failedIndexes, status.failed], ['0,2,3', '1', 2])
    assert.equal(status.conditions?.at(-1)?.reason, 'FailedIndexes')
  })
})
