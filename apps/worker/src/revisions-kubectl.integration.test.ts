import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { startKubectl, type Kubectl } from './testing/kubectl.ts'
import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster, type TestCluster } from './testing/test-cluster.ts'

const manifest = (kind: string, spec: string): string => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: web }
spec:
  ${spec}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: "busybox:1" }] }
`

async function start(t: TestContext): Promise<{ cluster: TestCluster; kubectl: Kubectl }> {
  const cluster = await startCluster(t)
  cluster.startWorker()
  await startKubelet(cluster.client, 'n1', { signal: cluster.signal })
  return { cluster, kubectl: await startKubectl(t, cluster.server) }
}

/** What `kubectl rollout` does with a kind that keeps its templates in ControllerRevisions. */
async function rollOut(what: string, { cluster, kubectl }: { cluster: TestCluster; kubectl: Kubectl }): Promise<void> {
  const image = (): Promise<string> => kubectl('get pods -l app=web -o jsonpath={.items[*].spec.containers[0].image}')
  const images = (expected: string): Promise<boolean> =>
    cluster.eventually(
      `pods of ${expected}`,
      async () => new Set((await image()).split(' ')).size === 1 && (await image()).startsWith(expected),
    )

  await kubectl(`rollout status ${what} --timeout=30s`)
  await kubectl(`annotate ${what} kubernetes.io/change-cause=first`)
  await kubectl(`set image ${what} main=busybox:2`)
  await kubectl(`rollout status ${what} --timeout=30s`)
  await images('busybox:2')
  assert.match(await kubectl(`rollout history ${what}`), /REVISION +CHANGE-CAUSE\n1 +\S+\n2 +first\n/)
  assert.match(await kubectl(`rollout history ${what} --revision=1`), /Image:\tbusybox:1\n/)

  assert.match(await kubectl(`rollout undo ${what}`), /rolled back/)
  await kubectl(`rollout status ${what} --timeout=30s`)
  await images('busybox:1')
  assert.match(await kubectl(`rollout history ${what}`), /\n2 +first\n3 +\S+\n/)
  // A kubectl before 1.34 writes a time that is none into its comparison, and then changes nothing.
  assert.match(
    await kubectl(`rollout undo ${what} --to-revision=3`),
    /rolled back|skipped rollback \(current template already matches revision 3\)/,
  )

  const uids = async (): Promise<string> => kubectl('get pods -l app=web -o jsonpath={.items[*].metadata.uid}')
  const before = new Set((await uids()).split(' '))
  assert.match(await kubectl(`rollout restart ${what}`), /restarted/)
  await kubectl(`rollout status ${what} --timeout=30s`)
  assert.ok((await uids()).split(' ').every((uid) => !before.has(uid)))
  assert.equal((await kubectl('get controllerrevisions -o name')).trim().split('\n').length, 3)
}

test('[HI1] [HI2] kubectl rolls a StatefulSet out and back, scales and describes it', async (t) => {
  const started = await start(t)
  const { cluster, kubectl } = started
  await kubectl('apply -f -', manifest('StatefulSet', 'replicas: 2\n  serviceName: web'))
  await rollOut('sts/web', started)
  assert.match(await kubectl('get sts'), /^NAME +READY +AGE\nweb +2\/2 +\d+s\n$/)
  assert.match(await kubectl('get statefulset -o wide'), /^NAME +READY +AGE +CONTAINERS +IMAGES\nweb +2\/2 +\d+s +main +busybox:1\n$/)
  assert.match(await kubectl('get controllerrevisions'), /NAME +CONTROLLER +REVISION +AGE\nweb-\w+ +statefulset.apps\/web +\d +\d+s\n/)
  await cluster.eventually('its events', async () => {
    const text = await kubectl('describe sts web')
    return (
      /SuccessfulCreate .*Create Pod web-0 in StatefulSet web successful/.test(text) &&
      /Delete Pod web-1 in StatefulSet web successful/.test(text)
    )
  })
  await kubectl('scale sts web --replicas=3 --current-replicas=2')
  await kubectl('rollout status sts/web --timeout=30s')
  assert.equal(await kubectl('get sts web -o jsonpath={.status.replicas}'), '3')
  // The same again is no change.
  assert.match(await kubectl('apply -f -', manifest('StatefulSet', 'replicas: 2\n  serviceName: web')), /configured|unchanged/)
  await assert.rejects(
    kubectl('apply -f -', manifest('StatefulSet', 'serviceName: other')),
    /Forbidden: updates to statefulset spec for fields other than/,
  )
  await kubectl('delete sts web')
  await cluster.eventually('its pods to go', async () => (await kubectl('get pods -o name')) === '')
  await cluster.eventually('its history to go', async () => (await kubectl('get controllerrevisions -o name')) === '')
})

test('[HI1] [HI2] kubectl rolls a DaemonSet out and back and describes it', async (t) => {
  const started = await start(t)
  const { cluster, kubectl } = started
  await startKubelet(cluster.client, 'n2', { signal: cluster.signal })
  await kubectl('apply -f -', manifest('DaemonSet', 'minReadySeconds: 0'))
  await rollOut('ds/web', started)
  assert.match(
    await kubectl('get ds'),
    /^NAME +DESIRED +CURRENT +READY +UP-TO-DATE +AVAILABLE +NODE SELECTOR +AGE\nweb +2 +2 +2 +2 +2 +<none> +\d+s\n$/,
  )
  assert.match(await kubectl('get daemonset -o wide'), /AGE +CONTAINERS +IMAGES +SELECTOR\nweb .* main +busybox:1 +app=web\n$/)
  assert.match(await kubectl('describe ds web'), /Desired Number of Nodes Scheduled: 2\n/)
  assert.match(await kubectl('get pods -o wide'), /n1[\s\S]*n2|n2[\s\S]*n1/)
  await assert.rejects(kubectl('drain n2'), /cannot delete DaemonSet-managed Pods/)
  assert.match(
    await kubectl('drain n2 --ignore-daemonsets'),
    /node\/n2 drained\nWarning: ignoring DaemonSet-managed Pods: default\/web-\w+\n/,
  )
  assert.equal(await kubectl('get ds web -o jsonpath={.status.numberAvailable}'), '2')
  await kubectl('delete ds web')
  await cluster.eventually('its pods to go', async () => (await kubectl('get pods -o name')) === '')
})
