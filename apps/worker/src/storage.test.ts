import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import {
  events,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  storageClasses,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
} from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'
import { getIfExists, type Client } from '@quarterdeck/client'

import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster } from './testing/test-cluster.ts'

const claim = (name: string, spec: PersistentVolumeClaim['spec'] = {}): Draft<PersistentVolumeClaim> => ({
  metadata: { name, namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  status: {},
})

const volume = (name: string, spec: PersistentVolume['spec'] = {}): Draft<PersistentVolume> => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' }, storageClassName: 'disks', ...spec },
  status: {},
})

const pod = (name: string, volumes: Pod['spec']['volumes']): Draft<Pod> => ({
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'i' }], volumes, terminationGracePeriodSeconds: 1 },
  status: {},
})

const claimKey = (name: string) => ({ namespace: 'default', name })
const volumeKey = (name: string) => ({ namespace: '', name })
const readClaim = (client: Client, name: string) => client.get(persistentVolumeClaims, claimKey(name))

async function hasEvent(client: Client, name: string, reason: string): Promise<boolean> {
  const { items } = await client.list(events, { namespace: 'default' })
  return items.some((event) => event.involvedObject.name === name && event.reason === reason)
}

/** As the scheduler does once it has chosen a node for a claim's first pod. */
const selectNode = (client: Client, name: string, node: string) =>
  client.patch(
    persistentVolumeClaims,
    claimKey(name),
    { metadata: { annotations: { 'volume.kubernetes.io/selected-node': node } } },
    { type: 'merge' },
  )

const offerFolders = (client: Client, node: string) =>
  client.patch(nodes, volumeKey(node), { metadata: { annotations: { 'quarterdeck.dev/local-volumes': '/var/q' } } }, { type: 'merge' })

/** As the node's agent does once it has removed the folder. */
async function removeFolder(client: Client, name: string): Promise<void> {
  await client.patch(persistentVolumes, volumeKey(name), { metadata: { finalizers: null } }, { type: 'merge' })
}

describe('storage of a cluster', () => {
  test('[ST10] [ST17] claims that come together get a volume each; one that goes leaves its volume released', async (t) => {
    const { client, startWorker, eventually } = await startCluster(t)
    startWorker()
    await client.create(storageClasses, { metadata: { name: 'disks' }, provisioner: 'kubernetes.io/no-provisioner' })
    const names = Array.from({ length: 12 }, (_, i) => `d${i}`)
    await Promise.all(names.map((name) => client.create(persistentVolumes, volume(name))))
    await Promise.all(names.map((name) => client.create(persistentVolumeClaims, claim(name, { storageClassName: 'disks' }))))
    const taken = await eventually('all bound', async () => {
      const { items } = await client.list(persistentVolumeClaims, { namespace: 'default' })
      return items.every((c) => c.status.phase === 'Bound') && items.map((c) => c.spec.volumeName)
    })
    assert.equal(new Set(taken).size, names.length)
    const bound = await readClaim(client, 'd0')
    assert.equal(bound.status.capacity?.['storage'], '1Gi')
    assert.equal(bound.metadata.annotations?.['pv.kubernetes.io/bound-by-controller'], 'yes')
    await client.delete(persistentVolumeClaims, claimKey('d0'))
    await eventually('released', async () => {
      const { status } = await client.get(persistentVolumes, volumeKey(bound.spec.volumeName ?? ''))
      return status.phase === 'Released'
    })
    await client.create(persistentVolumeClaims, claim('late', { storageClassName: 'disks' }))
    await eventually('told', () => hasEvent(client, 'late', 'ProvisioningFailed'))
    await client.create(persistentVolumes, volume('more'))
    await eventually('bound', async () => (await readClaim(client, 'late')).spec.volumeName === 'more')
    await client.delete(persistentVolumes, volumeKey('more'))
    assert.ok((await client.get(persistentVolumes, volumeKey('more'))).metadata.deletionTimestamp, 'a bound volume is kept')
  })

  test('[LP1] [ST12] [ST20] a claim waits for its pod, gets a volume on the node, stays while in use and takes the volume along', async (t) => {
    const { client, startWorker, eventually, signal } = await startCluster(t)
    let stopWorker = startWorker()
    await startKubelet(client, 'n1', { signal })
    await client.create(persistentVolumeClaims, claim('data'))
    await eventually('told', () => hasEvent(client, 'data', 'WaitForFirstConsumer'))
    await selectNode(client, 'data', 'n1')
    await eventually('told', () => hasEvent(client, 'data', 'ProvisioningFailed'))
    await eventually('unselected', async () => {
      const { annotations } = (await readClaim(client, 'data')).metadata
      return annotations?.['volume.kubernetes.io/selected-node'] === undefined
    })
    await offerFolders(client, 'n1')
    await selectNode(client, 'data', 'n1')
    await stopWorker()
    stopWorker = startWorker()
    const bound = await eventually('bound', async () => {
      const found = await readClaim(client, 'data')
      return found.status.phase === 'Bound' && found
    })
    const name = `pvc-${bound.metadata.uid}`
    assert.equal(bound.spec.volumeName, name)
    assert.equal((await client.get(persistentVolumes, volumeKey(name))).status.phase, 'Bound')

    await client.patch(
      persistentVolumeClaims,
      claimKey('data'),
      { spec: { resources: { requests: { storage: '3Gi' } } } },
      { type: 'merge' },
    )
    await eventually('grown', async () => (await readClaim(client, 'data')).status.capacity?.['storage'] === '3Gi')
    assert.equal((await client.get(persistentVolumes, volumeKey(name))).spec.capacity?.['storage'], '3Gi')

    await client.create(pods, pod('user', [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }]))
    await eventually('running', async () => (await client.get(pods, claimKey('user'))).status.phase === 'Running')
    await client.delete(persistentVolumeClaims, claimKey('data'))
    assert.ok((await readClaim(client, 'data')).metadata.deletionTimestamp)
    await client.delete(pods, claimKey('user'))
    await eventually('claim gone', async () => !(await getIfExists(client, persistentVolumeClaims, claimKey('data'))))
    await eventually('volume given to the agent', async () => {
      const { metadata } = await client.get(persistentVolumes, volumeKey(name))
      return metadata.deletionTimestamp !== undefined && metadata.finalizers?.join() === 'quarterdeck.dev/local-path'
    })
    await removeFolder(client, name)
    assert.equal(await getIfExists(client, persistentVolumes, volumeKey(name)), undefined)
    await stopWorker()
  })

  test('[LP8] a deleted volume is let go once its node is gone for good', async (t) => {
    const { client, startWorker, eventually, signal } = await startCluster(t)
    startWorker({ controllers: { abandonedVolumes: { missingForMs: 50 } } })
    for (const name of ['stays', 'leaves']) {
      await startKubelet(client, name, { signal })
      await client.create(persistentVolumes, {
        ...volume(`on-${name}`),
        metadata: { name: `on-${name}`, labels: { 'quarterdeck.dev/node': name }, finalizers: ['quarterdeck.dev/local-path'] },
      })
      await client.delete(persistentVolumes, volumeKey(`on-${name}`))
    }
    await client.delete(nodes, volumeKey('leaves'))
    await eventually('let go', async () => !(await getIfExists(client, persistentVolumes, volumeKey('on-leaves'))))
    assert.deepEqual((await client.get(persistentVolumes, volumeKey('on-stays'))).metadata.finalizers, ['quarterdeck.dev/local-path'])
  })

  test('[ST22] an ephemeral volume has a claim that goes with its pod', async (t) => {
    const { client, startWorker, eventually, signal } = await startCluster(t)
    startWorker()
    await startKubelet(client, 'n1', { signal })
    await offerFolders(client, 'n1')
    const template = { metadata: { labels: { of: 'pod' } }, spec: claim('').spec }
    await client.create(pods, pod('p', [{ name: 'scratch', ephemeral: { volumeClaimTemplate: template } }]))
    const made = await eventually('made', () => getIfExists(client, persistentVolumeClaims, claimKey('p-scratch')))
    assert.equal(made.metadata.labels?.['of'], 'pod')
    await client.delete(pods, claimKey('p'))
    await eventually('gone', async () => !(await getIfExists(client, persistentVolumeClaims, claimKey('p-scratch'))))
  })

  test('[ST13] a claim without a class gets the default one when it comes', async (t) => {
    const { client, startWorker, eventually } = await startCluster(t)
    startWorker()
    await client.delete(storageClasses, volumeKey('local-path'))
    await client.create(persistentVolumeClaims, claim('early'))
    await eventually('told', () => hasEvent(client, 'early', 'FailedBinding'))
    await client.create(storageClasses, {
      metadata: { name: 'late', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'example.com/p',
    })
    await eventually('assigned', async () => (await readClaim(client, 'early')).spec.storageClassName === 'late')
    await eventually('told', () => hasEvent(client, 'early', 'ExternalProvisioning'))
  })
})
