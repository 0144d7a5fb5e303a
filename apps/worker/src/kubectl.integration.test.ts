import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startKubectl } from './testing/kubectl.ts'
import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster } from './testing/test-cluster.ts'

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: v1 }] }
`

test('kubectl creates, watches, pauses, resumes, undoes, scales and describes a rollout', async (t) => {
  const cluster = await startCluster(t)
  cluster.startWorker()
  await startKubelet(cluster.client, 'n1', { signal: cluster.signal })
  const kubectl = await startKubectl(t, cluster.server)

  await kubectl('create -f -', deployment)
  assert.match(await kubectl('rollout status deployment/web --timeout=20s'), /deployment "web" successfully rolled out/)
  await kubectl('set image deployment/web *=v2')
  await kubectl('annotate deployment/web kubernetes.io/change-cause=second')
  await kubectl('rollout status deployment/web --timeout=20s')
  await cluster.eventually('the cause in the history', async () => /^2 +second$/m.test(await kubectl('rollout history deployment/web')))

  await kubectl('rollout undo deployment/web')
  await kubectl('rollout status deployment/web --timeout=20s')
  assert.equal(await kubectl('get deployment web -o jsonpath={.spec.template.spec.containers[0].image}'), 'v1')
  await cluster.eventually('revisions 2 and 3', async () => {
    const revisions = [...(await kubectl('rollout history deployment/web')).matchAll(/^(\d+) /gm)].map(([, revision]) => revision)
    return revisions.join() === '2,3'
  })

  await kubectl('rollout pause deployment/web')
  await kubectl('set image deployment/web *=v3')
  await cluster.eventually('DeploymentPaused', async () => (await kubectl('describe deployment web')).includes('DeploymentPaused'))
  await kubectl('rollout resume deployment/web')
  await kubectl('rollout status deployment/web --timeout=20s')
  await kubectl('scale deployment/web --replicas=1')
  await kubectl('rollout status deployment/web --timeout=20s')
  await kubectl('rollout restart deployment/web')
  await kubectl('rollout status deployment/web --timeout=20s')

  await kubectl('expose deployment web --port=80 --target-port=8080')
  const described = await cluster.eventually('endpoints', async () => {
    const text = await kubectl('describe service web')
    return /Endpoints: +10\.244\.0\.\d+:8080/.test(text) && text
  })
  assert.match(described, /Type: +ClusterIP/)
  assert.match(await kubectl('describe deployment web'), /ScalingReplicaSet.*Scaled (up|down) replica set web-/)

  await kubectl('delete deployment web --wait=true --timeout=20s')
  await cluster.eventually('no pods', async () => (await kubectl('get pods')).includes('No resources found'))
})

test('kubectl cordons, drains in part, and taints; a pod with no place says so', async (t) => {
  const cluster = await startCluster(t)
  cluster.startWorker()
  await startKubelet(cluster.client, 'n1', { signal: cluster.signal })
  const kubectl = await startKubectl(t, cluster.server)

  await kubectl('cordon n1')
  await kubectl('run waiting --image=i --restart=Never')
  await cluster.eventually('the event', async () =>
    (await kubectl('describe pod waiting')).includes('0/1 nodes are available: 1 node(s) were unschedulable.'),
  )
  await kubectl('uncordon n1')
  await cluster.eventually('it to run', async () => (await kubectl('get pod waiting')).includes('Running'))
  await kubectl('taint node n1 busy=yes:NoExecute')
  await cluster.eventually('it to be evicted', async () => (await kubectl('get pods')).includes('No resources found'))
  await kubectl('delete node n1')
})
