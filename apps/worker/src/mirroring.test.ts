import assert from 'node:assert/strict'
import { test } from 'node:test'

import { endpoints, endpointSlices, services } from '@quarterdeck/api'

import { startCluster } from './testing/test-cluster.ts'

const key = { namespace: 'default', name: 'database' }

test('[EP20] slices follow the Endpoints of a Service without a selector, and go with them', async (t) => {
  const cluster = await startCluster(t)
  const { client } = cluster
  cluster.startWorker()
  await client.create(services, { metadata: key, spec: { ports: [{ port: 5432 }] }, status: {} })
  const made = await client.create(endpoints, {
    metadata: { ...key, labels: { app: 'db' } },
    subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ port: 5432 }] }],
  })
  const slices = async () =>
    (await client.list(endpointSlices, { namespace: 'default', labelSelector: 'kubernetes.io/service-name=database' })).items
  await cluster.eventually('a slice', async () => (await slices())[0]?.endpoints?.[0]?.addresses[0] === '192.0.2.7')
  const [slice] = await slices()
  assert.equal(slice?.metadata.labels?.['endpointslice.kubernetes.io/managed-by'], 'endpointslicemirroring-controller.k8s.io')
  assert.equal(slice?.metadata.labels?.['app'], 'db')

  await client.update(endpoints, { ...made, subsets: [{ addresses: [{ ip: '192.0.2.8' }], ports: [{ port: 5432 }] }] })
  await cluster.eventually('the new address', async () => {
    const all = await slices()
    return all.length === 1 && all[0]?.endpoints?.[0]?.addresses[0] === '192.0.2.8'
  })
  await client.patch(services, key, { spec: { selector: { app: 'db' } } }, { type: 'merge' })
  await cluster.eventually('no mirrored slice', async () =>
    (await slices()).every(
      ({ metadata }) => metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === 'endpointslice-controller.k8s.io',
    ),
  )
})

test('[EP13] Endpoints that a user keeps go with their Service, and may come before it', async (t) => {
  const cluster = await startCluster(t)
  const { client } = cluster
  const subsets = [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ port: 5432 }] }]
  const early = { ...key, name: 'early' }
  await client.create(endpoints, { metadata: early, subsets })
  await client.create(endpoints, { metadata: key, subsets })
  await client.create(services, { metadata: key, spec: { ports: [{ port: 5432 }] }, status: {} })
  cluster.startWorker()
  const kept = async () => (await client.list(endpoints, { namespace: 'default' })).items.map(({ metadata }) => metadata.name)
  const mirrored = async () =>
    (await client.list(endpointSlices, { namespace: 'default' })).items.some((s) => s.metadata.name.startsWith('database-'))
  await cluster.eventually('a slice', mirrored)
  await client.delete(services, key)
  await cluster.eventually('no Endpoints of the Service', async () => !(await kept()).includes('database'))
  assert.ok((await kept()).includes('early'))
})
