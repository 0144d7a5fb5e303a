import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'

import { controllerRevisions, daemonSets, localPath, nodes, persistentVolumeClaims, pods, statefulSets, type Pod } from '@quarterdeck/api'
import { controllerManager, createApiServer } from '@quarterdeck/apiserver'
import { openPostgresStore } from '@quarterdeck/storage'
import { testDatabase } from '@quarterdeck/testing'

import { eventually } from './testing/eventually.ts'
import { startKubelet } from './testing/simulated-kubelet.ts'
import { startWorkerProcess } from './testing/worker-process.ts'

const replicas = 12

test('[HI4] a StatefulSet and a DaemonSet on Postgres are rolled over while their worker is killed again and again', async (t) => {
  const database = await testDatabase()
  const store = await openPostgresStore({ connectionString: database.connectionString })
  const client = (await createApiServer({ store })).clientFor(controllerManager, 'test')
  const stop = new AbortController()
  let worker = startWorkerProcess(database.connectionString)
  t.after(async () => {
    stop.abort()
    await worker.stop()
    await store.close()
    await database.drop()
  })
  for (let i = 0; i < replicas; i++) {
    const name = `n${i}`
    await startKubelet(client, name, { signal: stop.signal })
    const metadata = { labels: { 'kubernetes.io/hostname': name }, annotations: { [localPath.folderAnnotation]: '/volumes' } }
    await client.patch(nodes, { namespace: '', name }, { metadata }, { type: 'merge' })
  }

  const setKey = { namespace: 'default', name: 'db' }
  const daemonKey = { namespace: 'default', name: 'agent' }
  const partsOf = (app: string): { selector: object; template: object } => ({
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
  })
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }
  const setSpec = { ...partsOf('db'), replicas, podManagementPolicy: 'Parallel', volumeClaimTemplates: [claim] }
  await client.create(statefulSets, { metadata: { ...setKey }, spec: setSpec, status: { replicas: 0 } })
  await client.create(daemonSets, { metadata: { ...daemonKey }, spec: partsOf('agent'), status: {} } as never)

  const podsOf = async (image: string): Promise<Pod[]> =>
    (await client.list(pods, { namespace: 'default' })).items.filter(
      ({ metadata, spec }) => !metadata.deletionTimestamp && spec.containers[0]?.image === image,
    )
  async function killedAt(image: string, share: number): Promise<void> {
    await eventually(`${share} of the pods of ${image}`, async () => (await podsOf(image)).length >= share * 2 * replicas)
    const died = once(worker.process, 'exit')
    worker.process.kill('SIGKILL')
    await died
    worker = startWorkerProcess(database.connectionString)
  }
  const isSettled = async (): Promise<boolean> => {
    const { status: set } = await client.get(statefulSets, setKey)
    const { status: daemon } = await client.get(daemonSets, daemonKey)
    const counts = [set.readyReplicas, set.updatedReplicas, set.replicas, daemon.numberAvailable, daemon.updatedNumberScheduled]
    return counts.every((count) => count === replicas)
  }

  await killedAt('v1', 0.3)
  await eventually('both to be there', isSettled)
  const image = { spec: { template: { spec: { containers: [{ name: 'c', image: 'v2' }] } } } }
  await client.patch(statefulSets, setKey, image, { type: 'strategic' })
  await client.patch(daemonSets, daemonKey, image, { type: 'strategic' })
  for (const share of [0.2, 0.6]) await killedAt('v2', share)
  await eventually('both to be rolled over', async () => (await isSettled()) && (await podsOf('v2')).length === 2 * replicas)
  assert.equal((await podsOf('v1')).length, 0)
  assert.equal((await client.list(persistentVolumeClaims, { namespace: 'default' })).items.length, replicas)
  assert.equal((await client.list(controllerRevisions, { namespace: 'default' })).items.length, 4)
})
