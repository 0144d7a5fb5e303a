import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { configMaps, leases, localPath, nodes, persistentVolumes, type Pod, pods, serviceAccounts } from '@quarterdeck/api'
import { type Draft, isApiError } from '@quarterdeck/api-machinery'
import { apiServerUser, createApiServer } from '@quarterdeck/apiserver'
import { completeAfterAnnotation, startSimulatedNodes } from '@quarterdeck/sim-runtime'
import { createMemoryStore } from '@quarterdeck/storage'

void describe('simulated nodes', () => {
  const stop = new AbortController()
  after(() => stop.abort())

  void test('register, renew their leases, and run pods to their end, and let volumes go', async () => {
    const server = await createApiServer({ store: createMemoryStore() })
    const client = server.clientFor(apiServerUser, 'test')
    const unlessThere = (error: unknown) => (isApiError(error, 'AlreadyExists') ? undefined : Promise.reject(error))
    await client.create(serviceAccounts, { metadata: { name: 'default', namespace: 'default' } }).catch(unlessThere)
    await client.create(configMaps, { metadata: { name: 'kube-root-ca.crt', namespace: 'default' } }).catch(unlessThere)
    const sim = startSimulatedNodes({ client, count: 20, startDelayMs: 1, signal: stop.signal })
    await sim.registered
    const { items } = await client.list(nodes, { labelSelector: 'type=simulated' })
    assert.equal(items.length, 20)
    assert.ok(items.every((node) => node.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True')))
    assert.equal((await client.list(leases, { namespace: 'kube-node-lease' })).items.length, 20)

    const create = (name: string, annotations: Record<string, string>) => {
      const draft = {
        metadata: { namespace: 'default', name, annotations },
        spec: { nodeName: 'sim-3', containers: [{ name: 'main', image: 'x' }] },
      }
      return client.create(pods, draft as unknown as Draft<Pod>)
    }
    await create('stays', {})
    await create('ends', { [completeAfterAnnotation]: '0' })
    const seen: string[] = []
    for await (const event of client.watch(pods, { namespace: 'default', signal: stop.signal })) {
      if (event.type === 'BOOKMARK') continue
      const { name } = event.object.metadata
      seen.push(`${event.type} ${name} ${event.object.status.phase}`)
      if (
        event.type === 'MODIFIED' &&
        name === 'stays' &&
        event.object.status.phase === 'Running' &&
        !event.object.metadata.deletionTimestamp
      )
        await client.delete(pods, { namespace: 'default', name: 'stays' })
      if (seen.includes('DELETED stays Running') && seen.includes('MODIFIED ends Succeeded')) break
    }
    assert.ok(seen.includes('MODIFIED ends Running'))

    const lost = await client.get(nodes, { namespace: '', name: 'sim-4' })
    const unknown = lost.status.conditions?.map((condition) => ({ ...condition, status: 'Unknown' }))
    await client.update(nodes, { ...lost, status: { ...lost.status, conditions: unknown } }, { subresource: 'status' })
    for await (const event of client.watch(nodes, { resourceVersion: lost.metadata.resourceVersion ?? '', signal: stop.signal })) {
      if (event.type !== 'MODIFIED' || event.object.metadata.name !== 'sim-4') continue
      if (event.object.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) break
    }

    const node = await client.get(nodes, { namespace: '', name: 'sim-3' })
    assert.ok(node.metadata.annotations?.[localPath.folderAnnotation])
    const key = { namespace: '', name: 'v' }
    const { metadata } = await client.create(persistentVolumes, {
      metadata: { name: 'v', labels: { [localPath.nodeLabel]: 'sim-3' }, finalizers: [localPath.finalizer] },
      spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/v' } },
      status: {},
    })
    await client.delete(persistentVolumes, key)
    await client.patch(persistentVolumes, key, { metadata: { finalizers: [localPath.finalizer] } }, { type: 'merge' })
    const { resourceVersion } = metadata
    for await (const { type } of client.watch(persistentVolumes, { resourceVersion, signal: stop.signal })) if (type === 'DELETED') break
    stop.abort()
    await sim.stopped
  })
})
