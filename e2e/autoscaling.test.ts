import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'

import { startCluster } from './lib/cluster.ts'
import { eventually } from './lib/eventually.ts'

/** Busy while its file /tmp/load is there, and at rest otherwise. */
const script = 'trap "exit 0" TERM; while true; do [ -e /tmp/load ] || sleep 0.2; done'
const application = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: load }
spec:
  replicas: 1
  selector: { matchLabels: { app: load } }
  template:
    metadata: { labels: { app: load } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: main
          image: quarterdeck/busybox:latest
          imagePullPolicy: IfNotPresent
          command: [sh, -c, ${JSON.stringify(script)}]
          resources: { requests: { cpu: 200m }, limits: { cpu: 200m } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: load }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: load }
  minReplicas: 1
  maxReplicas: 4
  metrics:
    - { type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }
  behavior:
    scaleDown: { stabilizationWindowSeconds: 0 }
`

const { kubectl } = await startCluster()

const docker = (...args: string[]): string => execFileSync('docker', args, { encoding: 'utf8' }).trim()
const replicas = async (): Promise<number> => Number(await kubectl('get', 'deployment', 'load', '-o', 'jsonpath={.spec.replicas}'))

describe('an autoscaler, on real containers', () => {
  test('the use of nodes and pods is shown', async () => {
    await kubectl.apply(application)
    await kubectl('rollout', 'status', 'deployment/load', '--timeout=60s')
    await eventually(async () => assert.match(await kubectl('top', 'pods', '--no-headers'), /^load-\S+\s+\d+m\s+\d+Mi/))
    assert.match(await kubectl('top', 'nodes', '--no-headers'), /\s\d+m\s+\d+%\s+\d+Mi\s+\d+%/)
  })

  test('[HP4] a Deployment is doubled under load, and shrinks when the load is gone', async () => {
    const pod = await kubectl('get', 'pods', '-l', 'app=load', '-o', 'jsonpath={.items[0].metadata.name}')
    const labels = [`io.kubernetes.pod.name=${pod}`, 'io.kubernetes.container.name=main']
    const container = docker('ps', '--quiet', ...labels.flatMap((label) => ['--filter', `label=${label}`]))
    docker('exec', container, 'touch', '/tmp/load')
    await eventually(async () => assert.equal(await replicas(), 2))
    assert.match(await kubectl('get', 'hpa', 'load'), /Deployment\/load\s+cpu: \d+%\/50%\s+1\s+4\s/)
    assert.match(
      await kubectl('describe', 'hpa', 'load'),
      /SuccessfulRescale.*New size: 2; reason: cpu resource utilization \(percentage of request\) above target/,
    )
    docker('exec', container, 'rm', '/tmp/load')
    await eventually(async () => assert.equal(await replicas(), 1))
    assert.match(await kubectl('describe', 'hpa', 'load'), /New size: 1; reason: All metrics below target/)
  })
})
