import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'

import { startCluster } from './lib/cluster.ts'
import { eventually } from './lib/eventually.ts'

const claim = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
`
const pod = (name: string, script: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  terminationGracePeriodSeconds: 1
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
  containers:
    - name: main
      image: quarterdeck/busybox:latest
      imagePullPolicy: IfNotPresent
      command: [sh, -c, ${JSON.stringify(script)}]
      volumeMounts: [{ name: data, mountPath: /data }]
`
const forever = 'trap "exit 0" TERM; while true; do sleep 0.1; done'

const { product, kubectl } = await startCluster()

const isGone = async (...what: string[]): Promise<void> => {
  assert.match((await kubectl.tried('get', ...what)).stderr, /NotFound/)
}

describe('storage of a cluster, used with kubectl', () => {
  let path: string

  test('[ST1] [ST12] a claim of the default class waits for its first pod', async () => {
    assert.match(
      await kubectl('get', 'storageclass'),
      /local-path \(default\)\s+quarterdeck.dev\/local-path\s+Delete\s+WaitForFirstConsumer\s+true/,
    )
    await kubectl.apply(claim)
    await eventually(async () => assert.match(await kubectl('describe', 'pvc', 'data'), /WaitForFirstConsumer/))
  })

  test('[LP1] its pod writes into the volume that its node made', async () => {
    await kubectl('annotate', 'pvc', 'data', `volume.kubernetes.io/selected-node=${product.nodeName}`)
    await kubectl.apply(pod('writer', `echo remembered > /data/note; ${forever}`))
    await kubectl('wait', 'pod/writer', '--for=condition=Ready', '--timeout=60s')
    assert.match(await kubectl('get', 'pvc', 'data'), /data\s+Bound\s+pvc-\S+\s+1Gi\s+RWO\s+local-path\s+<unset>/)
    assert.match(await kubectl('get', 'pv'), /pvc-\S+\s+1Gi\s+RWO\s+Delete\s+Bound\s+default\/data\s+local-path/)
    path = await kubectl('get', 'pv', '-o', 'jsonpath={.items[0].spec.local.path}')
    await eventually(async () => assert.equal(readFileSync(`${path}/note`, 'utf8'), 'remembered\n'))
  })

  test('[ST23] the claim grows', async () => {
    await kubectl('patch', 'pvc', 'data', '-p', '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}')
    await kubectl('wait', 'pvc/data', '--for=jsonpath={.status.capacity.storage}=2Gi', '--timeout=30s')
    assert.notEqual((await kubectl.tried('patch', 'pvc', 'data', '-p', '{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}')).code, 0)
  })

  test('[LP3] the next pod on the claim reads what the first one wrote', async () => {
    await kubectl('delete', 'pod', 'writer', '--timeout=60s')
    await kubectl.apply(pod('reader', `cat /data/note; ${forever}`))
    await kubectl('wait', 'pod/reader', '--for=condition=Ready', '--timeout=60s')
    await eventually(async () => assert.equal(await kubectl('logs', 'reader'), 'remembered\n'))
  })

  test('[ST20] [LP3] deleted in use, the claim stays until the pod is gone, then volume and folder go too', async () => {
    await kubectl('delete', 'pvc', 'data', '--wait=false')
    assert.match(await kubectl('get', 'pvc', 'data'), /Terminating/)
    assert.ok(existsSync(`${path}/note`))
    await kubectl('delete', 'pod', 'reader', '--timeout=60s')
    await eventually(() => isGone('pvc', 'data'))
    await eventually(async () => assert.equal(await kubectl('get', 'pv', '-o', 'name'), ''))
    assert.equal(existsSync(path), false)
  })

  test('[ST22] an ephemeral volume comes and goes with its pod', async () => {
    const volume =
      'ephemeral: { volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } } } }'
    await kubectl.apply(pod('brief', `touch /data/f; ${forever}`).replace('persistentVolumeClaim: { claimName: data }', volume))
    await eventually(async () => void (await kubectl('get', 'pvc', 'brief-data')))
    await kubectl('annotate', 'pvc', 'brief-data', `volume.kubernetes.io/selected-node=${product.nodeName}`, '--overwrite')
    await kubectl('wait', 'pod/brief', '--for=condition=Ready', '--timeout=60s')
    await kubectl('delete', 'pod', 'brief', '--timeout=60s')
    await eventually(() => isGone('pvc', 'brief-data'))
    await eventually(async () => assert.equal(await kubectl('get', 'pv', '-o', 'name'), ''))
  })
})
