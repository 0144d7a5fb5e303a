import assert from 'node:assert/strict'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import {
  csiNodes,
  events,
  localPath,
  nodes,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  type Pod,
  pods,
  type V1Container,
} from '@quarterdeck/api'
import { getIfExists } from '@quarterdeck/client'

import { createNodeBench, type NodeBench } from '../testing/node-bench.ts'

const image = 'quarterdeck/busybox:latest'
const container = (script: string): V1Container => ({
  name: 'main',
  image,
  imagePullPolicy: 'IfNotPresent',
  command: ['sh', '-c', script],
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
})
const forever = 'trap "exit 0" TERM; while true; do sleep 0.1; done'
interface BoundClaimOptions {
  accessModes?: string[]
  policy?: string
  /** Of the node that the volume can be reached from. */
  hostname?: string
  /** In place of a folder of the node's own. */
  source?: Partial<PersistentVolume['spec']>
}

const isReady = (pod: Pod): boolean => pod.status.conditions?.find((condition) => condition.type === 'Ready')?.status === 'True'

void describe('claims on a node', () => {
  let bench: NodeBench
  before(async () => {
    bench = await createNodeBench('10.213.9.0/24')
    await bench.start()
  })
  after(() => bench.close())

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (const giveUpAtMs = Date.now() + 30_000; !(await isSo());) {
      if (Date.now() > giveUpAtMs) throw new Error(`${what} did not come true`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  /** A claim bound to a local volume of the node, as the controllers leave it. */
  async function createBoundClaim(name: string, more: BoundClaimOptions = {}): Promise<PersistentVolume> {
    const { accessModes = ['ReadWriteOnce'], policy = 'Delete', hostname = bench.nodeName, source } = more
    const claim: PersistentVolumeClaim = await bench.client.create(persistentVolumeClaims, {
      metadata: { name, namespace: 'default' },
      spec: { accessModes, resources: { requests: { storage: '1Gi' } }, volumeName: `v-${name}` },
      status: {},
    })
    const node = await bench.client.get(nodes, { namespace: '', name: bench.nodeName })
    const folder = node.metadata.annotations?.[localPath.folderAnnotation]
    const volume = await bench.client.create(persistentVolumes, {
      metadata: {
        name: `v-${name}`,
        labels: { [localPath.nodeLabel]: bench.nodeName },
        ...(source ? {} : { annotations: { 'pv.kubernetes.io/provisioned-by': localPath.provisioner }, finalizers: [localPath.finalizer] }),
      },
      spec: {
        accessModes,
        capacity: { storage: '1Gi' },
        claimRef: { namespace: 'default', name, uid: claim.metadata.uid },
        ...(source ?? { local: { path: `${folder}/v-${name}` } }),
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [hostname] }] }],
          },
        },
        persistentVolumeReclaimPolicy: policy,
      },
      status: {},
    })
    await bench.client.patch(
      persistentVolumeClaims,
      { namespace: 'default', name },
      { status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes } },
      { type: 'merge', subresource: 'status' },
    )
    return volume
  }

  /** As the controllers do once nothing uses the claim. */
  async function deleteVolume(name: string): Promise<void> {
    const key = { namespace: '', name }
    await bench.client.delete(persistentVolumes, key)
    await bench.client.patch(persistentVolumes, key, { metadata: { finalizers: [localPath.finalizer] } }, { type: 'merge' })
  }

  const createPod = (name: string, script: string, source: object, more: Partial<Pod['spec']> = {}): Promise<Pod> =>
    bench.createPod(name, { containers: [container(script)], volumes: [{ name: 'data', ...source }], ...more })
  const claimed = (claimName: string, more: object = {}): object => ({ persistentVolumeClaim: { claimName, ...more } })
  const remove = async (name: string): Promise<void> => {
    await bench.client.delete(pods, { namespace: 'default', name })
    await bench.waitForGone(name)
  }
  const hasEvent = (name: string, part: string): Promise<void> =>
    until(`an event of ${name} with ${part}`, async () => {
      const { items } = await bench.client.list(events, { namespace: 'default', fieldSelector: `involvedObject.name=${name}` })
      return items.some((event) => event.reason === 'FailedMount' && event.message?.includes(part))
    })

  void test('[LP3] a pod writes, the next one on the claim reads; deleted, the volume is gone with its folder once no pod uses it', async () => {
    const volume = await createBoundClaim('kept')
    const path = volume.spec.local?.path ?? ''
    await createPod('writer', `echo hello > /data/f; ${forever}`, claimed('kept'))
    await bench.waitForPod('writer', isReady)
    await until('written', async () => (await readFile(join(path, 'f'), 'utf8').catch(() => '')) === 'hello\n')
    await remove('writer')
    await createPod('reader', `grep -q hello /data/f && ! touch /data/g && ${forever}`, claimed('kept', { readOnly: true }))
    await bench.waitForPod('reader', isReady)
    await bench.stop()
    await bench.start()
    await deleteVolume('v-kept')
    await until('looked at', async () => (await bench.client.get(persistentVolumes, { namespace: '', name: 'v-kept' })) !== undefined)
    assert.deepEqual(await readdir(path), ['f'], 'a pod uses it')
    await remove('reader')
    await until('volume gone', async () => !(await getIfExists(bench.client, persistentVolumes, { namespace: '', name: 'v-kept' })))
    assert.equal(await stat(path).catch(() => undefined), undefined)
  })

  void test('[ST35] the node has a CSINode that goes with it', async () => {
    const { metadata, spec } = await bench.client.get(csiNodes, { namespace: '', name: bench.nodeName })
    assert.deepEqual(spec.drivers, [])
    assert.equal(metadata.ownerReferences?.[0]?.kind, 'Node')
  })

  void test('[LP6] a retained volume goes without its folder', async () => {
    const volume = await createBoundClaim('retained', { policy: 'Retain' })
    await createPod('retainer', `echo hello > /data/f; ${forever}`, claimed('retained'))
    await bench.waitForPod('retainer', isReady)
    await remove('retainer')
    await deleteVolume('v-retained')
    await until('gone', async () => !(await getIfExists(bench.client, persistentVolumes, { namespace: '', name: 'v-retained' })))
    assert.deepEqual(await readdir(volume.spec.local?.path ?? ''), ['f'])
  })

  void test('[ST30] a pod waits, and says so, until its claim is there and bound', async () => {
    await createPod('early', forever, claimed('late'))
    await hasEvent(
      'early',
      'error processing PVC default/late: failed to fetch PVC from API server: persistentvolumeclaims "late" not found',
    )
    const { status } = await bench.waitForPod('early', (pod) => pod.status.containerStatuses !== undefined)
    assert.equal(status.containerStatuses?.[0]?.state?.waiting?.reason, 'ContainerCreating')
    await createBoundClaim('late')
    await bench.waitForPod('early', isReady)
    await remove('early')
  })

  void test('[LP3] a volume whose folder was removed before the agent was killed is let go', async () => {
    const volume = await createBoundClaim('half-removed')
    await createPod('brief', forever, claimed('half-removed'))
    await bench.waitForPod('brief', isReady)
    await remove('brief')
    await bench.stop()
    await deleteVolume('v-half-removed')
    await rm(volume.spec.local?.path ?? '', { recursive: true })
    await bench.start()
    await until('gone', async () => !(await getIfExists(bench.client, persistentVolumes, { namespace: '', name: 'v-half-removed' })))
  })

  void test('[ST34] a volume is mounted only where its affinity allows, and only if the node can', async () => {
    await createBoundClaim('elsewhere', { hostname: 'another-node' })
    await createPod('misplaced', forever, claimed('elsewhere'))
    await hasEvent('misplaced', 'MountVolume.NodeAffinity check failed for volume "v-elsewhere" : no matching NodeSelectorTerms')
    await createBoundClaim('absent', { source: { local: { path: join(bench.dataDir, 'absent') } } })
    await createPod('without', forever, claimed('absent'))
    await hasEvent('without', `path "${join(bench.dataDir, 'absent')}" does not exist`)
    await createBoundClaim('share', { source: { nfs: { server: 'files', path: '/' } } })
    await createPod('remote', forever, claimed('share'))
    await hasEvent('remote', 'persistent volumes of type nfs are not supported on this node')
    await createBoundClaim('on-host', { source: { hostPath: { path: join(bench.dataDir, 'on-host'), type: 'DirectoryOrCreate' } } })
    await createPod('hosted', `touch /data/f; ${forever}`, claimed('on-host'))
    await bench.waitForPod('hosted', isReady)
    for (const name of ['misplaced', 'without', 'remote', 'hosted']) await remove(name)
    assert.ok(await stat(join(bench.dataDir, 'on-host')), 'what is not the node’s own stays')
  })

  void test('[ST31] ReadWriteOncePod lets one pod at a time', async () => {
    await createBoundClaim('single', { accessModes: ['ReadWriteOncePod'] })
    await createPod('first', forever, claimed('single'))
    await bench.waitForPod('first', isReady)
    await createPod('second', forever, claimed('single'))
    await hasEvent('second', 'volume uses the ReadWriteOncePod access mode and is already in use by another pod')
    await remove('first')
    await bench.waitForPod('second', isReady)
    await remove('second')
  })

  void test('[ST32] a claim that is being deleted starts no pod, and keeps the one that has it', async () => {
    const volume = await createBoundClaim('leaving')
    const endsOnce = '[ -f /data/go ] || { while [ ! -f /data/go ]; do sleep 0.1; done; exit 1; }'
    await createPod('has', `${endsOnce}; ${forever}`, claimed('leaving'))
    await bench.waitForPod('has', isReady)
    await bench.client.delete(persistentVolumeClaims, { namespace: 'default', name: 'leaving' })
    await createPod('late-comer', forever, claimed('leaving'))
    await hasEvent('late-comer', 'error processing PVC default/leaving: PVC is being deleted')
    await writeFile(join(volume.spec.local?.path ?? '', 'go'), '')
    await bench.waitForPod('has', (pod) => isReady(pod) && pod.status.containerStatuses?.[0]?.restartCount === 1)
    await remove('has')
    await remove('late-comer')
  })

  void test('[ST33] the volume is the fsGroup’s, and a pod of any user can write to it', async () => {
    const volume = await createBoundClaim('grouped')
    await createPod('grouped', `touch /data/f; ${forever}`, claimed('grouped'), { securityContext: { runAsUser: 1234, fsGroup: 4321 } })
    await bench.waitForPod('grouped', isReady)
    const file = join(volume.spec.local?.path ?? '', 'f')
    await until('written', async () => (await stat(file).catch(() => undefined))?.gid === 4321)
    assert.equal((await stat(file)).uid, 1234)
    await remove('grouped')
  })

  void test('[N20] the agent asked for nothing that a node has no right to', () => {
    assert.deepEqual(bench.refused, [])
  })
})
