import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'

import { endpointSlices, events, nodes, pods, services } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'
import { runControllers } from '@quarterdeck/controller-runtime'
import { endpointSliceController } from '@quarterdeck/controllers'

import { eventually } from './testing/eventually.ts'
import { startCluster } from './testing/test-cluster.ts'

const namespace = 'default'
const modeAnnotation = 'service.kubernetes.io/topology-mode'
const webKey = { namespace, name: 'web' }

async function addNode(client: Client, name: string, zone: string): Promise<void> {
  const status = { allocatable: { cpu: '4' }, conditions: [{ type: 'Ready', status: 'True' }] }
  await client.create(nodes, { metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } }, spec: {}, status })
}

async function addPod(client: Client, name: string, nodeName: string, podIP: string): Promise<void> {
  const spec = { nodeName, containers: [{ name: 'c', image: 'i' }] }
  const created = await client.create(pods, { metadata: { name, namespace, labels: { app: 'web' } }, spec, status: {} })
  const status = { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: [{ type: 'Ready', status: 'True' }] }
  await client.update(pods, { ...created, status }, { subresource: 'status' })
}

test('[EP8] a Service with topology-mode Auto has hints while its endpoints can be shared out, and says when they can not', async (t) => {
  const { client, signal } = await startCluster(t)
  void runControllers({ controllers: [endpointSliceController], client, signal })
  const hints = async (): Promise<string> => {
    const { items } = await client.list(endpointSlices, { namespace })
    return items
      .flatMap(({ endpoints = [] }) => endpoints.map((endpoint) => endpoint.hints?.forZones?.[0]?.name ?? '-'))
      .toSorted((a, b) => a.localeCompare(b))
      .join('')
  }
  const said = async (): Promise<string[]> => {
    const { items } = await client.list(events, { namespace })
    return items.filter(({ reason }) => reason?.startsWith('TopologyAware')).map(({ type, message }) => `${type}: ${message}`)
  }

  await addNode(client, 'n1', 'a')
  await addPod(client, 'p1', 'n1', '10.244.1.1')
  await addPod(client, 'p2', 'n1', '10.244.1.2')
  await client.create(services, {
    metadata: { ...webKey, annotations: { [modeAnnotation]: 'Auto' } },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], trafficDistribution: 'PreferSameZone' },
    status: {},
  })
  await eventually('it is said', async () => isDeepStrictEqual(await said(), ['Warning: Nodes only ready in one zone, addressType: IPv4']))
  assert.equal(await hints(), '--')

  await addNode(client, 'n2', 'b')
  await eventually('hints', async () => (await hints()) === 'ab')
  await addPod(client, 'p3', 'n2', '10.244.2.1')
  await eventually('hints', async () => (await hints()) === '---')
  await addPod(client, 'p4', 'n2', '10.244.2.2')
  await eventually('hints', async () => (await hints()) === 'aabb')

  await client.patch(services, webKey, { metadata: { annotations: { [modeAnnotation]: 'Disabled' } } }, { type: 'merge' })
  await eventually('it is said', async () => (await said()).includes('Normal: Topology Aware Hints has been disabled, addressType: IPv4'))
  assert.equal(await hints(), 'aabb', 'by trafficDistribution, which counts again')
})
