import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import {
  controllerRevisions,
  daemonSets,
  deployments,
  nodes,
  persistentVolumeClaims,
  pods,
  statefulSets,
  type Pod,
  type V1DaemonSetSpec,
  type V1StatefulSetSpec,
} from '@quarterdeck/api'
import type { ObjectKey } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { createInformer, runControllers } from '@quarterdeck/controller-runtime'
import { daemonSetController, deploymentController, replicaSetController, statefulSetController } from '@quarterdeck/controllers'

import { eventually } from './testing/eventually.ts'
import { fastClock } from './testing/fast-clock.ts'
import { mortalClient, type Death } from './testing/mortal-client.ts'
import { scriptPods } from './testing/scripted-pods.ts'
import { startCluster } from './testing/test-cluster.ts'

const key: ObjectKey = { namespace: 'default', name: 'web' }
const replicas = 3
const base = {
  selector: { matchLabels: { app: 'web' } },
  template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
}
const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }

interface Story {
  create(client: Client): Promise<unknown>
  /** Changes the image of the template. */
  update(client: Client, image: string): Promise<unknown>
  /** Whether all is said to be done, three pods of the newest template. */
  isDone(client: Client): Promise<boolean>
  /** Fewest pods that may be ready while it goes on. */
  leastReady: number
  revisions: number[]
}

const templateOf = (image: string): object => ({ spec: { template: { spec: { containers: [{ name: 'c', image }] } } } })

function statefulSetStory(spec: Partial<V1StatefulSetSpec>, expected: Pick<Story, 'leastReady' | 'revisions'>): Story {
  return {
    ...expected,
    create: (client) =>
      client.create(statefulSets, {
        metadata: { ...key },
        spec: { ...base, replicas, volumeClaimTemplates: [claim], ...spec },
        status: { replicas: 0 },
      }),
    update: (client, image) => client.patch(statefulSets, key, templateOf(image), { type: 'strategic' }),
    isDone: async (client) => {
      const { status, metadata } = await client.get(statefulSets, key)
      const counts = [status.replicas, status.readyReplicas, status.updatedReplicas, status.availableReplicas]
      return (
        status.observedGeneration === metadata.generation &&
        counts.every((n) => n === replicas) &&
        status.currentRevision === status.updateRevision
      )
    },
  }
}

function daemonSetStory(spec: Partial<V1DaemonSetSpec>, expected: Pick<Story, 'leastReady' | 'revisions'>): Story {
  return {
    ...expected,
    create: async (client) => {
      for (let i = 0; i < replicas; i++) await client.create(nodes, { metadata: { name: `n${i}` }, spec: {}, status: {} })
      await client.create(daemonSets, {
        metadata: { ...key },
        spec: { ...base, ...spec },
        status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
      })
    },
    update: (client, image) => client.patch(daemonSets, key, templateOf(image), { type: 'strategic' }),
    isDone: async (client) => {
      const { status, metadata } = await client.get(daemonSets, key)
      const counts = [status.desiredNumberScheduled, status.updatedNumberScheduled, status.numberAvailable]
      const { items } = await client.list(pods, { namespace: key.namespace })
      return status.observedGeneration === metadata.generation && counts.every((n) => n === replicas) && items.length === replicas
    },
  }
}

function deploymentStory(rollingUpdate: { maxUnavailable: number; maxSurge: number }, leastReady: number): Story {
  return {
    leastReady,
    revisions: [],
    create: (client) =>
      client.create(deployments, {
        metadata: { ...key },
        spec: { ...base, replicas, strategy: { type: 'RollingUpdate', rollingUpdate } },
        status: {},
      }),
    update: (client, image) => client.patch(deployments, key, templateOf(image), { type: 'strategic' }),
    isDone: async (client) => {
      const { status, metadata } = await client.get(deployments, key)
      const counts = [status.replicas, status.updatedReplicas, status.availableReplicas]
      const { items } = await client.list(pods, { namespace: key.namespace })
      return status.observedGeneration === metadata.generation && counts.every((n) => n === replicas) && items.length === replicas
    },
  }
}

const rolling = (maxUnavailable: number, maxSurge: number): Partial<V1DaemonSetSpec> => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } },
})
const stories: Record<string, Story> = {
  'a Deployment': deploymentStory({ maxUnavailable: 0, maxSurge: 1 }, 3),
  'a Deployment that replaces': deploymentStory({ maxUnavailable: 2, maxSurge: 0 }, 1),
  'a StatefulSet in order': statefulSetStory({}, { leastReady: 2, revisions: [1, 2] }),
  'a StatefulSet in parallel that keeps no history': statefulSetStory(
    {
      podManagementPolicy: 'Parallel',
      revisionHistoryLimit: 0,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } },
    },
    { leastReady: 1, revisions: [2] },
  ),
  'a DaemonSet': daemonSetStory(rolling(1, 0), { leastReady: 2, revisions: [1, 2] }),
  'a DaemonSet that surges and keeps no history': daemonSetStory(
    { ...rolling(0, 1), revisionHistoryLimit: 0 },
    { leastReady: 3, revisions: [2] },
  ),
}

const isReady = ({ metadata, status }: Pod): boolean => !metadata.deletionTimestamp && status.conditions?.[0]?.status === 'True'

/** Rolls a set out and over to another template, under a worker that may die once and is then followed by another. */
async function play(t: TestContext, story: Story, death: Death | undefined): Promise<number> {
  const { client } = await startCluster(t)
  const clock = fastClock(1000)
  const script = scriptPods(client, () => 'runs on', clock)
  const stop = new AbortController()
  t.after(() => {
    stop.abort()
    script.stop()
  })
  const first = mortalClient(client, death)
  const controllers = [statefulSetController, daemonSetController, deploymentController, replicaSetController]
  const run = (through: Client, signal: AbortSignal): void => void runControllers({ controllers, client: through, signal, clock })
  run(first.client, AbortSignal.any([first.signal, stop.signal]))
  first.signal.addEventListener('abort', () => void first.settled().then(() => run(client, stop.signal)))

  await story.create(client)
  const after = death ? ` after a death ${death.is} write ${death.atWrite}` : ''
  await eventually(`three pods${after}`, () => story.isDone(client))

  const watched = createInformer(client, pods, { signal: stop.signal })
  await watched.synced()
  let leastReady = replicas
  watched.onChange(() => (leastReady = Math.min(leastReady, watched.list().filter(isReady).length)))
  await story.update(client, 'v2')
  await eventually(`three pods of another template${after}`, () => story.isDone(client))

  const left = (await client.list(pods, { namespace: key.namespace })).items
  assert.deepEqual(
    left.map(({ spec }) => spec.containers[0]?.image),
    ['v2', 'v2', 'v2'],
  )
  assert.equal(script.seen.size, 2 * replicas, 'no pod was made too many')
  assert.ok(leastReady >= story.leastReady, `only ${leastReady} were ready`)
  const claims = (await client.list(persistentVolumeClaims, { namespace: key.namespace })).items.map(({ metadata }) => metadata.name)
  assert.deepEqual(claims, left.some(({ metadata }) => metadata.name === 'web-0') ? ['data-web-0', 'data-web-1', 'data-web-2'] : [])
  const numbersOf = async (): Promise<number[]> =>
    (await client.list(controllerRevisions, { namespace: key.namespace })).items.map(({ revision }) => revision).toSorted((a, b) => a - b)
  await eventually('the history to be cut', async () => (await numbersOf()).length === story.revisions.length)
  assert.deepEqual(await numbersOf(), story.revisions)
  return first.writes()
}

for (const [what, story] of Object.entries(stories))
  describe(`[HI4] ${what}`, () => {
    test('is rolled out and over wherever the worker dies', async (t) => {
      let writes = 0
      await t.test('without a death', async (sub) => {
        writes = await play(sub, story, undefined)
      })
      assert.ok(writes > 2 * replicas)
      for (let atWrite = 1; atWrite <= writes; atWrite++)
        for (const is of ['before', 'after'] as const)
          await t.test(`a death ${is} write ${atWrite}`, async (sub) => {
            await play(sub, story, { atWrite, is })
          })
    })
  })
