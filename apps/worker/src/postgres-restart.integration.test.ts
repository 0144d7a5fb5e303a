import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { deployments, pods } from '@quarterdeck/api'
import { controllerManager, createApiServer } from '@quarterdeck/apiserver'
import { startEmbeddedPostgres } from '@quarterdeck/postgres'
import { migrate, openPostgresStore } from '@quarterdeck/storage'

import { eventually } from './testing/eventually.ts'
import { startKubelet } from './testing/simulated-kubelet.ts'
import { startRollout } from './testing/start-rollout.ts'
import { startWorkerProcess } from './testing/worker-process.ts'

test('Postgres is killed in the middle of a rollout: the same worker goes on when it is back', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'quarterdeck-worker-'))
  const first = await startEmbeddedPostgres({ dataDir, durability: 'scratch' })
  await migrate(first.connectionString)
  const store = await openPostgresStore({ connectionString: first.connectionString, maxWaitMs: 30_000 })
  const stop = new AbortController()
  const client = (await createApiServer({ store })).clientFor(controllerManager, 'test')
  const worker = startWorkerProcess(first.connectionString)
  let running = first
  t.after(async () => {
    stop.abort()
    await worker.stop()
    await store.close()
    await running.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  await startKubelet(client, 'n1', { signal: stop.signal })

  const key = await startRollout(client)
  process.kill(first.pid, 'SIGKILL')
  await first.exited
  running = await startEmbeddedPostgres({ dataDir, durability: 'scratch' })

  await eventually('40 pods to run', async () => (await client.get(deployments, key)).status.availableReplicas === 40)
  assert.equal((await client.list(pods, { namespace: 'default' })).items.length, 40)
  const exited = once(worker.process, 'exit')
  worker.process.kill('SIGTERM')
  assert.deepEqual(await exited, [0, null])
})
