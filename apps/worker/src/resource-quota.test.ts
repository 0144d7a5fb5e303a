import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { configMaps, deployments, pods, resourceQuotas } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'

import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster } from './testing/test-cluster.ts'

const key = { namespace: 'default', name: 'q' }

describe('a quota that a worker keeps', () => {
  test('[RQ8] never shows less than there is, nor lets more in, while many create and delete', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker()
    await client.create(resourceQuotas, { metadata: key, spec: { hard: { 'count/configmaps': '21' } } })
    const status = async () => (await client.get(resourceQuotas, key)).status
    await cluster.eventually('the quota to be worked out', async () => (await status())?.used?.['count/configmaps'] !== undefined)

    let most = 0
    let refusals = 0
    const churn = async (worker: number): Promise<void> => {
      for (let i = 0; i < 15; i++) {
        const name = `c-${worker}-${i}`
        try {
          await client.create(configMaps, { metadata: { namespace: 'default', name } })
        } catch (error) {
          if (!isApiError(error, 'Forbidden')) throw error
          refusals++
          continue
        }
        const used = Number((await status())?.used?.['count/configmaps'])
        const { items } = await client.list(configMaps, { namespace: 'default' })
        most = Math.max(most, items.length)
        assert.ok(used <= 21)
        await client.delete(configMaps, { namespace: 'default', name })
      }
    }
    await Promise.all(Array.from({ length: 40 }, (_, worker) => churn(worker)))
    assert.ok(most <= 21, `${most} at once`)
    assert.ok(refusals > 0, 'the quota was reached')
    const left = (await client.list(configMaps, { namespace: 'default' })).items.length
    await cluster.eventually('the use of what is left', async () => Number((await status())?.used?.['count/configmaps']) === left)
  })

  test('[RQ9] bounds a Deployment, which goes on when there is room', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker()
    await startKubelet(client, 'n1', { signal: cluster.signal })
    await client.create(resourceQuotas, { metadata: key, spec: { hard: { pods: '2' } } })
    await cluster.eventually('the quota', async () => (await client.get(resourceQuotas, key)).status?.used?.['pods'] === '0')
    const labels = { app: 'web' }
    await client.create(deployments, {
      metadata: { namespace: 'default', name: 'web' },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
      status: {},
    })
    const web = async () => (await client.get(deployments, { namespace: 'default', name: 'web' })).status
    await cluster.eventually('two pods and a failure', async () => {
      const { readyReplicas, conditions } = await web()
      return readyReplicas === 2 && conditions?.some((c) => c.type === 'ReplicaFailure' && c.message?.includes('exceeded quota: q'))
    })
    assert.equal((await client.list(pods, { namespace: 'default' })).items.length, 2)
    await client.patch(resourceQuotas, key, { spec: { hard: { pods: '3' } } }, { type: 'merge' })
    await cluster.eventually('the third', async () => (await web()).readyReplicas === 3)
  })
})
