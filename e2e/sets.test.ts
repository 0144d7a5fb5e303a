import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'node:test'

import { startCluster } from './lib/cluster.ts'
import { eventually } from './lib/eventually.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const forever = 'trap "exit 0" TERM; while true; do sleep 0.1; done'
const container = (script: string): string =>
  `{ name: main, image: "quarterdeck/busybox:latest", imagePullPolicy: IfNotPresent, command: [sh, -c, ${JSON.stringify(script)}]`

/** Each pod notes in its volume, once, who it is. */
const database = `
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { clusterIP: None, selector: { app: db }, ports: [{ name: db, port: 5432 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 3
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - ${container(`[ -f /data/name ] || hostname > /data/name; date >> /data/starts; ${forever}`)}, volumeMounts: [{ name: data, mountPath: /data }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 64Mi } } }
`
const daemon = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - ${container(forever)} }
`

const { product, kubectl } = await startCluster()

const docker = (...args: string[]): string => execFileSync('docker', args, { encoding: 'utf8' })

/** Output of a command in the main container of a pod. */
async function inPod(pod: string, ...command: string[]): Promise<string> {
  const id = await kubectl('get', 'pod', pod, '-o', 'jsonpath={.status.containerStatuses[0].containerID}')
  return docker('exec', id.replace('docker://', ''), ...command)
}
const addressOf = (pod: string): Promise<string> => kubectl('get', 'pod', pod, '-o', 'jsonpath={.status.podIP}')

/** What kubectl's rollout does to a set: a new template, its history, back again, and a restart. */
async function rollOut(what: string): Promise<void> {
  const finished = (): Promise<string> => kubectl('rollout', 'status', what, '--timeout=120s')
  const valueOf = (): Promise<string> => kubectl('get', what, '-o', 'jsonpath={.spec.template.spec.containers[0].env}')
  await kubectl('set', 'env', what, 'COLOUR=blue')
  await finished()
  assert.match(await kubectl('rollout', 'history', what), /\n1 .*\n2 /)
  await kubectl('rollout', 'undo', what)
  await finished()
  assert.equal(await valueOf(), '')
  assert.match(await kubectl('rollout', 'history', what), /\n2 .*\n3 /)
  await kubectl('rollout', 'restart', what)
  await finished()
}

describe('sets of a cluster, on real containers', () => {
  test('[SS10] [SS30] a StatefulSet of three starts in order, each pod with a volume of its own', async () => {
    await kubectl.apply(daemon)
    await kubectl.apply(database)
    await kubectl('rollout', 'status', 'sts/db', '--timeout=120s')
    assert.match(await kubectl('get', 'pvc'), /data-db-0 +Bound[\s\S]*data-db-1 +Bound[\s\S]*data-db-2 +Bound/)
    for (const i of [0, 1, 2]) assert.equal(await inPod(`db-${i}`, 'cat', '/data/name'), `db-${i}\n`)
  })

  test('[SS11] its pods know each other by name', async () => {
    const address = await addressOf('db-1')
    await eventually(async () => assert.ok((await inPod('db-0', 'nslookup', 'db-1.db.default.svc.cluster.local')).includes(address)))
  })

  test('[SS10] [SS30] a pod that dies comes back with its name and its data', async () => {
    const before = await kubectl('get', 'pod', 'db-1', '-o', 'jsonpath={.metadata.uid}')
    await kubectl('delete', 'pod', 'db-1', '--grace-period=0', '--force')
    await eventually(async () => assert.notEqual(await kubectl('get', 'pod', 'db-1', '-o', 'jsonpath={.metadata.uid}'), before))
    await kubectl('wait', 'pod/db-1', '--for=condition=Ready', '--timeout=60s')
    assert.equal(await inPod('db-1', 'cat', '/data/name'), 'db-1\n')
    assert.equal((await inPod('db-1', 'cat', '/data/starts')).trim().split('\n').length, 2)
    const address = await addressOf('db-1')
    await eventually(async () => assert.ok((await inPod('db-0', 'nslookup', 'db-1.db.default.svc.cluster.local')).includes(address)))
  })

  test('[HI2] kubectl rolls it out and back, and its data stays', async () => {
    await rollOut('sts/db')
    for (const i of [0, 1, 2]) assert.equal(await inPod(`db-${i}`, 'cat', '/data/name'), `db-${i}\n`)
  })

  test('[SS12] [SS31] scaled down it keeps its claims, and deletes them if told to', async () => {
    await kubectl('scale', 'sts/db', '--replicas=2')
    await eventually(async () => assert.match((await kubectl.tried('get', 'pod', 'db-2')).stderr, /NotFound/))
    assert.match(await kubectl('get', 'pvc', 'data-db-2'), /Bound/)
    await kubectl('patch', 'sts', 'db', '-p', '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}')
    await kubectl('scale', 'sts/db', '--replicas=1')
    await eventually(async () => assert.match((await kubectl.tried('get', 'pvc', 'data-db-1')).stderr, /NotFound/))
    assert.match(await kubectl('get', 'pvc'), /data-db-0[\s\S]*data-db-2/)
  })

  test('[DS10] [HI2] a DaemonSet runs on the node, and kubectl rolls it out and back', async () => {
    await kubectl('rollout', 'status', 'ds/agent', '--timeout=60s')
    assert.match(await kubectl('get', 'pods', '-l', 'app=agent', '-o', 'wide'), new RegExp(`Running.*${product.nodeName}`))
    await rollOut('ds/agent')
  })

  test('[DS11] it leaves a node whose labels it no longer selects, and comes back', async () => {
    await kubectl('patch', 'ds', 'agent', '-p', '{"spec":{"template":{"spec":{"nodeSelector":{"role":"edge"}}}}}')
    await eventually(async () => assert.equal(await kubectl('get', 'pods', '-l', 'app=agent', '-o', 'name'), ''))
    await kubectl('label', 'node', product.nodeName, 'role=edge')
    await kubectl('rollout', 'status', 'ds/agent', '--timeout=60s')
    await eventually(async () => assert.match(await kubectl('get', 'ds', 'agent'), /agent +1 +1 +1 +1 +1 +role=edge/))
  })

  test('[DS12] it follows a node that comes, and one that goes', async (t) => {
    const nodeName = `${product.nodeName}-b`
    const dataDir = mkdtempSync(join(tmpdir(), 'quarterdeck-second-'))
    const agent = ['apps/agent/src/main.ts', '--kubeconfig', product.kubeconfig, '--node-name', nodeName, '--data-dir', dataDir]
    // The first node's service rules and DNS serve the whole machine.
    const options = ['--no-proxy', '--no-dns', '--node-labels', 'role=edge']
    const second = spawn(process.execPath, [...agent, ...options], { cwd: root, stdio: 'ignore' })
    t.after(() => {
      second.kill('SIGKILL')
      execFileSync(process.execPath, [...agent, '--teardown'], { cwd: root, stdio: 'ignore' })
      rmSync(dataDir, { recursive: true, force: true })
    })
    const podsThere = () => kubectl('get', 'pods', '-l', 'app=agent', '--field-selector', `spec.nodeName=${nodeName}`, '-o', 'name')
    await eventually(async () => assert.match(await kubectl('get', 'ds', 'agent'), /agent +2 +2 +2 +2 +2 +role=edge/))
    const [pod = ''] = (await podsThere()).trim().split('\n')
    assert.equal((await inPod(pod.replace('pod/', ''), 'hostname')).trim(), pod.replace('pod/', ''))
    const gone = new Promise((resolve) => second.once('exit', resolve))
    second.kill('SIGKILL')
    await gone
    await kubectl('delete', 'node', nodeName)
    await eventually(async () => assert.match(await kubectl('get', 'ds', 'agent'), /agent +1 +1 +1 +1 +1 +role=edge/))
    await eventually(async () => assert.equal(await podsThere(), ''))
  })
})
