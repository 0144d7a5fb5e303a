import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import {
  controllerRevisions,
  daemonSets,
  deployments,
  pods,
  replicaSets,
  replicationControllers,
  statefulSets,
  type Kind,
} from '@quarterdeck/api'
import { controllerOf, type KubeObject } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster, type TestCluster } from './testing/test-cluster.ts'

const key = { namespace: 'default', name: 'web' }
const labels = { app: 'web' }
const podSpec = { containers: [{ name: 'c', image: 'v1' }] }
const base = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } }

/** Whatever has pods, made from what all have in common. */
const create = (client: Client, kind: Kind<never>, spec: object): Promise<KubeObject> =>
  client.create(kind, { metadata: { ...key }, spec: { ...base, ...spec }, status: {} } as never)

async function start(t: Parameters<typeof startCluster>[0]): Promise<TestCluster> {
  const cluster = await startCluster(t)
  await startKubelet(cluster.client, 'n1', { signal: cluster.signal })
  cluster.startWorker()
  return cluster
}

const owners: Record<string, [kind: Kind<never>, spec: object]> = {
  ReplicaSet: [replicaSets as Kind<never>, { replicas: 1 }],
  ReplicationController: [replicationControllers as Kind<never>, { replicas: 1, selector: labels }],
  StatefulSet: [statefulSets as Kind<never>, { replicas: 1 }],
  // Not updated: an adopted pod is of no known template.
  DaemonSet: [daemonSets as Kind<never>, { updateStrategy: { type: 'OnDelete' } }],
}

describe('[RS20] [SS4] [DS14] a pod without a controller is adopted, and released when its labels change: by a', () => {
  for (const [name, [kind, spec]] of Object.entries(owners))
    test(name, async (t) => {
      const { client, eventually } = await start(t)
      const orphanKey = { namespace: 'default', name: 'web-0' }
      await client.create(pods, { metadata: { ...orphanKey, labels }, spec: { ...podSpec, nodeName: 'n1' }, status: {} })
      await create(client, kind, spec)
      const orphan = await eventually('its adoption', async () => {
        const pod = await client.get(pods, orphanKey).catch(() => undefined)
        return pod && controllerOf(pod)?.kind === name && pod
      })
      await client.patch(pods, orphanKey, { metadata: { labels: { app: 'other' } } }, { type: 'merge' })
      await eventually('its release', async () => {
        const found = await client.get(pods, orphanKey)
        return found.metadata.uid === orphan.metadata.uid && !controllerOf(found)
      })
      if (name === 'StatefulSet') await client.delete(pods, orphanKey)
      await eventually('another in its place', async () => {
        const { items } = await client.list(pods, { namespace: 'default', labelSelector: 'app=web' })
        return items.some((pod) => controllerOf(pod)?.kind === name)
      })
    })
})

test('[RS30] a ReplicationController tells how many pods are ready', async (t) => {
  const { client, eventually } = await start(t)
  await create(client, replicationControllers as Kind<never>, { replicas: 2, selector: labels })
  await eventually('both in the status', async () => {
    const { status } = await client.get(replicationControllers, key)
    return status.replicas === 2 && status.readyReplicas === 2 && status.availableReplicas === 2
  })
})

test('[DE12] a Deployment adopts the ReplicaSet of an earlier one of its name, and its pods stay', async (t) => {
  const { client, eventually } = await start(t)
  await create(client, deployments as Kind<never>, { replicas: 2 })
  const podUids = async (): Promise<string[]> =>
    (await client.list(pods, { namespace: 'default' })).items.map(({ metadata }) => metadata.uid).toSorted()
  const isAvailable = async (): Promise<boolean> => (await client.get(deployments, key)).status.availableReplicas === 2
  await eventually('its pods', isAvailable)
  const before = await podUids()
  await client.delete(deployments, key, { propagationPolicy: 'Orphan' })
  const orphan = await eventually('an orphan', async () => {
    const { items } = await client.list(replicaSets, { namespace: 'default' })
    return items[0] && !controllerOf(items[0]) && items[0]
  })
  await create(client, deployments as Kind<never>, { replicas: 2 })
  await eventually('its pods', isAvailable)
  const { items } = await client.list(replicaSets, { namespace: 'default' })
  assert.deepEqual(
    items.map(({ metadata }) => metadata.uid),
    [orphan.metadata.uid],
  )
  assert.deepEqual(await podUids(), before)
})

describe('[HI1] [SS4] [DS14] made anew after its pods were orphaned, it adopts them and its history, and restarts none: a', () => {
  const sets: Record<string, [kind: Kind<never>, spec: object]> = {
    StatefulSet: [statefulSets as Kind<never>, { replicas: 1 }],
    DaemonSet: [daemonSets as Kind<never>, {}],
  }
  for (const [name, [kind, spec]] of Object.entries(sets))
    test(name, async (t) => {
      const { client, eventually } = await start(t)
      const owned = async (): Promise<string[] | undefined> => {
        const found = await client.list(pods, { namespace: 'default' })
        const { items } = await client.list(controllerRevisions, { namespace: 'default' })
        const all: KubeObject[] = [...found.items, ...items]
        const uids = all.map(({ metadata }) => metadata.uid)
        return all.length === 2 && all.every((object) => controllerOf(object)?.kind === name) ? uids : undefined
      }
      await create(client, kind, spec)
      const before = await eventually('a pod and a revision', owned)
      await client.delete(kind, key, { propagationPolicy: 'Orphan' })
      await eventually('orphans', async () => (await client.list(pods, { namespace: 'default' })).items.every((pod) => !controllerOf(pod)))
      await create(client, kind, spec)
      assert.deepEqual(await eventually('the same adopted', owned), before)
    })
})

const historians: Record<string, [kind: Kind<never>, history: Kind<never>]> = {
  Deployment: [deployments as Kind<never>, replicaSets as Kind<never>],
  StatefulSet: [statefulSets as Kind<never>, controllerRevisions as Kind<never>],
  DaemonSet: [daemonSets as Kind<never>, controllerRevisions as Kind<never>],
}

describe('[DE1] [HI1] a name that is taken is counted as a collision and another is found: by a', () => {
  for (const [name, [kind, history]] of Object.entries(historians))
    test(name, async (t) => {
      const { client, eventually } = await start(t)
      const any = {
        kind: kind as unknown as Kind<KubeObject & { status: { collisionCount?: number } }>,
        history: history as unknown as Kind,
      }
      const namesOf = async (): Promise<string[]> =>
        (await client.list(any.history, { namespace: 'default' })).items.map(({ metadata }) => metadata.name)
      await create(client, kind, {})
      const [taken = ''] = await eventually('its name', async () => (await namesOf()).length === 1 && namesOf())
      await client.delete(any.kind, key, { propagationPolicy: 'Background' })
      await eventually('its end', async () => (await namesOf()).length === 0)

      const foreign = { selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels: { app: 'x' } }, spec: podSpec } }
      const draft = history.kind === 'ReplicaSet' ? { spec: { ...foreign, replicas: 0 } } : { data: { x: 1 }, revision: 1 }
      await client.create(any.history, { metadata: { namespace: 'default', name: taken }, ...draft })
      await create(client, kind, {})
      await eventually('another name', async () => (await namesOf()).length === 2)
      await eventually('the count', async () => ((await client.get(any.kind, key)).status.collisionCount ?? 0) >= 1)
      await eventually(
        'a pod',
        async () => (await client.list(pods, { namespace: 'default', labelSelector: 'app=web' })).items.length === 1,
      )
      assert.equal((await namesOf()).length, 2)
    })
})
