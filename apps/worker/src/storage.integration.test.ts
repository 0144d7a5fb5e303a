import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'

import { persistentVolumeClaims, persistentVolumes, storageClasses } from '@quarterdeck/api'
import { controllerManager, createApiServer } from '@quarterdeck/apiserver'
import { openPostgresStore } from '@quarterdeck/storage'
import { testDatabase } from '@quarterdeck/testing'

import { eventually } from './testing/eventually.ts'
import { startWorkerProcess } from './testing/worker-process.ts'

const count = 40
const kills = 3

test('[ST10] [ST19] however often the worker is killed while claims are bound, each claim and volume ends with one of the other', async (t) => {
  const database = await testDatabase()
  const store = await openPostgresStore({ connectionString: database.connectionString })
  let worker = startWorkerProcess(database.connectionString)
  t.after(async () => {
    await worker.stop()
    await store.close()
    await database.drop()
  })
  const client = (await createApiServer({ store })).clientFor(controllerManager, 'test')
  await client.create(storageClasses, { metadata: { name: 'disks' }, provisioner: 'kubernetes.io/no-provisioner' })
  const names = Array.from({ length: count }, (_, i) => `d${i}`)
  await Promise.all(
    names.map((name) =>
      client.create(persistentVolumes, {
        metadata: { name },
        spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' }, storageClassName: 'disks' },
        status: {},
      }),
    ),
  )
  await eventually('available volumes', async () => {
    const { items } = await client.list(persistentVolumes)
    return items.every(({ status }) => status.phase === 'Available')
  })
  await Promise.all(
    names.map((name) =>
      client.create(persistentVolumeClaims, {
        metadata: { name, namespace: 'default' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'disks' },
        status: {},
      }),
    ),
  )
  const boundClaims = async (): Promise<number> =>
    (await client.list(persistentVolumeClaims, { namespace: 'default' })).items.filter(({ status }) => status.phase === 'Bound').length
  for (let kill = 1; kill <= kills; kill++) {
    await eventually(`a few claims to be bound before kill ${kill}`, async () => (await boundClaims()) >= Math.min(count, kill * 5))
    const exited = once(worker.process, 'exit')
    worker.process.kill('SIGKILL')
    await exited
    worker = startWorkerProcess(database.connectionString)
  }
  await eventually('all claims to be bound', async () => (await boundClaims()) === count)
  await eventually('all volumes to be bound', async () => {
    const { items } = await client.list(persistentVolumes)
    return items.every(({ status }) => status.phase === 'Bound')
  })
  const volumes = new Map((await client.list(persistentVolumes)).items.map((volume) => [volume.metadata.name, volume]))
  const { items: claims } = await client.list(persistentVolumeClaims, { namespace: 'default' })
  assert.equal(new Set(claims.map(({ spec }) => spec.volumeName)).size, count)
  for (const { metadata, spec } of claims) assert.equal(volumes.get(spec.volumeName ?? '')?.spec.claimRef?.uid, metadata.uid)
})
