import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'

import { deployments, leases, pods } from '@quarterdeck/api'
import { controllerManager, createApiServer, workerAddressAnnotation, workerLease } from '@quarterdeck/apiserver'
import { openPostgresStore } from '@quarterdeck/storage'
import { testDatabase } from '@quarterdeck/testing'

import type { PendingExplanation } from '@quarterdeck/scheduler'
import { Agent, request } from 'undici'

import { eventually } from './testing/eventually.ts'
import { startKubelet } from './testing/simulated-kubelet.ts'
import { startRollout } from './testing/start-rollout.ts'
import { startWorkerProcess } from './testing/worker-process.ts'

test('two worker processes on Postgres: one is killed in the middle of a rollout, the other finishes it; it stops cleanly', async (t) => {
  const database = await testDatabase()
  const store = await openPostgresStore({ connectionString: database.connectionString })
  const stop = new AbortController()
  const started = [startWorkerProcess(database.connectionString), startWorkerProcess(database.connectionString)]
  const workers = started.map((worker) => worker.process)
  t.after(async () => {
    stop.abort()
    await Promise.all(started.map((worker) => worker.stop()))
    await store.close()
    await database.drop()
  })
  const server = await createApiServer({ store })
  const client = server.clientFor(controllerManager, 'test')
  const leader = await eventually('a leader', async () => {
    const holder = (await client.get(leases, workerLease).catch(() => undefined))?.spec.holderIdentity
    return workers.find(({ pid }) => holder?.includes(`_${pid}_`))
  })
  await startKubelet(client, 'n1', { signal: stop.signal })

  const key = await startRollout(client)
  const killed = once(leader, 'exit')
  leader.kill('SIGKILL')
  await killed

  await eventually('40 pods to run', async () => (await client.get(deployments, key)).status.availableReplicas === 40)
  assert.equal((await client.list(pods, { namespace: 'default' })).items.length, 40, 'none was made twice')

  const big = await client.create(pods, {
    metadata: { name: 'big', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '64' } } }] },
    status: {},
  })
  const verdicts = await eventually('verdicts from the other process', async () => {
    const key = { namespace: 'default', name: big.metadata.name }
    return (await client.getSubresource(pods, key, 'scheduling').catch(() => undefined)) as PendingExplanation | undefined
  })
  assert.equal(verdicts.nodes[0]?.rejections[0]?.detail, 'needs 64 CPU; 8 CPU free of 8 CPU')

  const address = (await client.get(leases, workerLease)).metadata.annotations?.[workerAddressAnnotation]?.split(',').at(-1)
  const stranger = new Agent({ connect: { rejectUnauthorized: false } })
  await assert.rejects(request(`https://${address}/metrics`, { dispatcher: stranger }), /certificate required|ECONNRESET|closed|socket/i)
  await stranger.close()
  assert.match((await server.worker.get('/metrics')).text, /scheduler_pending_pods/)

  const other = workers.find((worker) => worker !== leader) ?? assert.fail()
  const exited = once(other, 'exit')
  other.kill('SIGTERM')
  assert.deepEqual(await exited, [0, null])
  assert.equal((await client.get(leases, workerLease)).spec.holderIdentity, '', 'the lease was released')
})
