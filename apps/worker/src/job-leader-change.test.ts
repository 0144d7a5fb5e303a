import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isJobFinished, jobs, pods } from '@quarterdeck/api'
import type { ObjectKey } from '@quarterdeck/api-machinery'
import type { Client, WatchEvent } from '@quarterdeck/client'
import { createInformerFactory, runControllers } from '@quarterdeck/controller-runtime'
import { jobController } from '@quarterdeck/controllers'

import { eventually } from './testing/eventually.ts'
import { fastClock } from './testing/fast-clock.ts'
import { scriptPods, type PodEnd } from './testing/scripted-pods.ts'
import { startCluster } from './testing/test-cluster.ts'

const key: ObjectKey = { namespace: 'default', name: 'work' }
const trackingFinalizer = 'batch.kubernetes.io/job-tracking'

/** A client whose watches of pods stop before the first event of a pod without the finalizer, until released. Counts lists. */
function lateClient(client: Client) {
  const gate = Promise.withResolvers<void>()
  let lists = 0
  const isHeld = ({ type, object }: WatchEvent<{ metadata: { finalizers?: string[] | undefined } }>): boolean =>
    type !== 'BOOKMARK' && !object.metadata.finalizers?.includes(trackingFinalizer)
  const late: Client = {
    ...client,
    list: (kind, options) => {
      lists++
      return client.list(kind, options)
    },
    watch: (kind, options) => (kind.kind === 'Pod' ? held(client.watch(kind, options)) : client.watch(kind, options)),
  }
  async function* held<T>(events: AsyncIterable<WatchEvent<T>>): AsyncGenerator<WatchEvent<T>> {
    for await (const event of events) {
      if (isHeld(event as WatchEvent<{ metadata: { finalizers?: string[] | undefined } }>)) await gate.promise
      yield event
    }
  }
  return { client: late, lists: () => lists, release: () => gate.resolve() }
}

test('[JB2] a new leader whose cache still shows a finalizer does not count the pod again', async (t) => {
  const { client, signal } = await startCluster(t)
  const clock = fastClock(1000)
  const late = lateClient(client)
  let endOfLater: PodEnd = 'runs on'
  const script = scriptPods(client, (_, nth) => (nth === 1 ? 0 : endOfLater), clock)
  t.after(() => {
    late.release()
    script.stop()
  })
  const informers = createInformerFactory(late.client, { signal })
  await Promise.all([informers.of(pods).synced(), informers.of(jobs).synced()])

  const first = new AbortController()
  const running = runControllers({ controllers: [jobController], client, signal: AbortSignal.any([first.signal, signal]), clock })
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
  await client.create(jobs, { metadata: { ...key }, spec: { completions: 2, parallelism: 1, template }, status: {} })
  const succeeded = async (): Promise<number> => (await client.get(jobs, key)).status.succeeded ?? 0
  await eventually('one success counted', async () => (await succeeded()) === 1)
  first.abort()
  await running
  await eventually('the new leader to know of the count', () => informers.of(jobs).get(key)?.status.succeeded === 1)
  assert.equal(
    informers
      .of(pods)
      .list()
      .filter(({ status }) => status.phase === 'Succeeded').length,
    1,
  )

  const listed = late.lists()
  void runControllers({ controllers: [jobController], client: late.client, informers, signal, clock })
  await eventually('the new leader to look several times', async () => late.lists() >= listed + 5 || (await succeeded()) !== 1)
  assert.equal(await succeeded(), 1)
  late.release()
  endOfLater = 0
  // Looks at every pod again.
  script.holdDeleted(false)
  await eventually('its end', async () => isJobFinished((await client.get(jobs, key)).status))
  assert.equal(await succeeded(), 2)
  assert.equal((await client.list(pods)).items.length, 2)
})
