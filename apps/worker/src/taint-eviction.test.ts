import assert from 'node:assert/strict'
import { test } from 'node:test'

import { events, nodes, pods } from '@quarterdeck/api'

import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster } from './testing/test-cluster.ts'

test('[NL10] a Pod stays whose taint is taken away in time, and an event says so', async (t) => {
  const cluster = await startCluster(t)
  const { client } = cluster
  cluster.startWorker()
  await startKubelet(client, 'n1', { signal: cluster.signal })
  const key = { namespace: 'default', name: 'patient' }
  const tolerations = [{ key: 'gone', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 600 }]
  await client.create(pods, { metadata: key, spec: { tolerations, containers: [{ name: 'c', image: 'i' }] }, status: {} })
  await cluster.eventually('the Pod to run', async () => (await client.get(pods, key)).status.phase === 'Running')
  // The time of the Pod begins when the worker has seen the taint: tried again until it did.
  await cluster.eventually('the event', async () => {
    for (const taints of [[{ key: 'gone', effect: 'NoExecute' }], null])
      await client.patch(nodes, { namespace: '', name: 'n1' }, { spec: { taints } }, { type: 'merge' })
    const { items } = await client.list(events, { namespace: 'default' })
    return items.some(({ message }) => message === 'Cancelling deletion of Pod default/patient')
  })
  assert.equal((await client.get(pods, key)).metadata.deletionTimestamp, undefined)
})
