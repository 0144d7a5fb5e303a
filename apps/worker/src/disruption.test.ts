import assert from 'node:assert/strict'
import { test } from 'node:test'

import { deployments, podDisruptionBudgets, pods, type Pod } from '@quarterdeck/api'
import { isApiError, type ObjectKey } from '@quarterdeck/api-machinery'

import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster } from './testing/test-cluster.ts'

const labels = { app: 'web' }

test('[DB2] a drain that evicts until nothing is left never takes more than the budget allows', async (t) => {
  const cluster = await startCluster(t)
  const { client } = cluster
  cluster.startWorker()
  await startKubelet(client, 'n1', { signal: cluster.signal })
  const key: ObjectKey = { namespace: 'default', name: 'web' }
  await client.create(deployments, {
    metadata: key,
    spec: {
      replicas: 4,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i' }] } },
    },
    status: {},
  })
  await client.create(podDisruptionBudgets, { metadata: key, spec: { maxUnavailable: 1, selector: { matchLabels: labels } } })
  const budgetStatus = async () => (await client.get(podDisruptionBudgets, key)).status
  await cluster.eventually('the budget to allow one', async () => (await budgetStatus())?.disruptionsAllowed === 1)

  const evict = async (pod: Pod): Promise<boolean> => {
    const { namespace, name } = pod.metadata
    try {
      await client.createSubresource(pods, { namespace, name }, 'eviction', { metadata: { name } })
      return true
    } catch (error) {
      if (isApiError(error, 'TooManyRequests', 'NotFound')) return false
      throw error
    }
  }
  const first = (await client.list(pods, { namespace: 'default' })).items
  let least = 4
  const gone = new Set<string>()
  await cluster.eventually('every first pod to be evicted', async () => {
    for (const pod of first) if (!gone.has(pod.metadata.uid) && (await evict(pod))) gone.add(pod.metadata.uid)
    const ready = (await client.list(pods, { namespace: 'default' })).items.filter(
      ({ metadata, status }) => !metadata.deletionTimestamp && status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
    )
    least = Math.min(least, ready.length)
    const left = new Set((await client.list(pods, { namespace: 'default' })).items.map(({ metadata }) => metadata.uid))
    return first.every(({ metadata }) => !left.has(metadata.uid))
  })
  assert.ok(least >= 3, `only ${least} were ready at a time`)
})
