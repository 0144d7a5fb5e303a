import assert from 'node:assert/strict'
import { test } from 'node:test'

import { deployments, horizontalPodAutoscalers, nodeUsages, pods, type NodeUsage } from '@quarterdeck/api'
import { timestamp, type Draft } from '@quarterdeck/api-machinery'

import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster } from './testing/test-cluster.ts'

const key = { namespace: 'default', name: 'web' }
const labels = { app: 'web' }

test('[HP4] a Deployment follows the use of CPU that its nodes report, up at once and down by its behaviour', async (t) => {
  const cluster = await startCluster(t)
  const { client } = cluster
  cluster.startWorker({ controllers: { autoscaler: { periodMs: 50 } } })
  await startKubelet(client, 'n1', { signal: cluster.signal })
  await client.create(deployments, {
    metadata: key,
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }] },
      },
    },
    status: {},
  })
  const ready = async () => (await client.get(deployments, key)).status.readyReplicas
  await cluster.eventually('two pods', async () => (await ready()) === 2)

  /** What each pod uses, measured long after it became ready. */
  const report = async (milli: number): Promise<void> => {
    const { items } = await client.list(pods, { namespace: 'default' })
    const measured = items.map(({ metadata }) => ({
      namespace: 'default',
      name: metadata.name,
      uid: metadata.uid,
      containers: [{ name: 'c', usage: { cpu: `${milli}m`, memory: '1Mi' } }],
    }))
    const usage: Draft<NodeUsage> = {
      metadata: { name: 'n1' },
      timestamp: timestamp(new Date(Date.now() + 20_000)),
      windowSeconds: 1,
      usage: { cpu: '1' },
      pods: measured,
    }
    const existing = await client.get(nodeUsages, { namespace: '', name: 'n1' }).catch(() => undefined)
    await (existing ? client.update(nodeUsages, { ...existing, ...usage, metadata: existing.metadata }) : client.create(nodeUsages, usage))
  }
  const hpa = async () => client.get(horizontalPodAutoscalers, key)
  await client.create(horizontalPodAutoscalers, {
    metadata: key,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      maxReplicas: 6,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
      behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
    },
    status: { desiredReplicas: 0 },
  })
  await cluster.eventually('to be told of missing metrics', async () =>
    (await hpa()).status.conditions?.some(({ type, reason }) => type === 'ScalingActive' && reason === 'FailedGetResourceMetric'),
  )
  await report(100)
  await cluster.eventually('four pods', async () => (await client.get(deployments, key)).spec.replicas === 4)
  assert.equal((await hpa()).status.desiredReplicas, 4)
  await cluster.eventually('four ready', async () => (await ready()) === 4)
  await report(1)
  await cluster.eventually('one pod', async () => (await client.get(deployments, key)).spec.replicas === 1)
  const { status } = await hpa()
  assert.equal(status.conditions?.find(({ type }) => type === 'ScalingActive')?.status, 'True')
  assert.ok(status.lastScaleTime)
})
