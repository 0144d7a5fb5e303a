import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'

import { isJobFinished, jobs, pods } from '@quarterdeck/api'
import { controllerManager, createApiServer } from '@quarterdeck/apiserver'
import { realClock } from '@quarterdeck/controller-runtime'
import { openPostgresStore } from '@quarterdeck/storage'
import { testDatabase } from '@quarterdeck/testing'

import { eventually } from './testing/eventually.ts'
import { scriptPods } from './testing/scripted-pods.ts'
import { startWorkerProcess } from './testing/worker-process.ts'

test('[JB2] a Job on Postgres counts every pod once while its worker is killed again and again', async (t) => {
  const database = await testDatabase()
  const store = await openPostgresStore({ connectionString: database.connectionString })
  const client = (await createApiServer({ store })).clientFor(controllerManager, 'test')
  const script = scriptPods(client, () => 0, realClock)
  let worker = startWorkerProcess(database.connectionString)
  t.after(async () => {
    script.stop()
    await worker.stop()
    await store.close()
    await database.drop()
  })

  const key = { namespace: 'default', name: 'work' }
  const completions = 400
  await client.create(jobs, {
    metadata: { ...key },
    spec: {
      completions,
      parallelism: 20,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
    },
    status: {},
  })
  for (const share of [0.1, 0.4, 0.7]) {
    await eventually(
      `${share} of the completions`,
      async () => ((await client.get(jobs, key)).status.succeeded ?? 0) >= share * completions,
    )
    const died = once(worker.process, 'exit')
    worker.process.kill('SIGKILL')
    await died
    worker = startWorkerProcess(database.connectionString)
  }
  const { status } = await eventually('its end', async () => {
    const job = await client.get(jobs, key)
    return isJobFinished(job.status) && job
  })
  assert.equal(status.succeeded, completions)
  assert.equal(script.ended.size, completions, 'no pod was made too many')
  const left = (await client.list(pods, { namespace: 'default' })).items
  assert.ok(left.every(({ metadata }) => !metadata.finalizers?.length))
})
