import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { startCluster } from './lib/cluster.ts'
import { eventually } from './lib/eventually.ts'
import { startOutsideScheduler } from './lib/outside-scheduler.ts'

const podOf = (name: string, schedulerName: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  schedulerName: ${schedulerName}
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: "quarterdeck/busybox:latest", imagePullPolicy: IfNotPresent, command: [sleep, "3600"] }]
`

const { product, kubectl } = await startCluster()

const whereIs = (pod: string): Promise<string> => kubectl('get', 'pod', pod, '-o', 'jsonpath={.spec.nodeName} {.status.phase}')
const eventsOf = (pod: string): Promise<string> =>
  kubectl('get', 'events', '--no-headers', '--field-selector', `involvedObject.name=${pod}`)

describe('several schedulers, side by side', () => {
  test('[SC9] a pod of a scheduler that is not there waits, and nobody speaks of it', async () => {
    await kubectl.apply(podOf('early', 'by-name'))
    await kubectl.apply(podOf('ours', 'default-scheduler'))
    await kubectl('wait', '--for=condition=Ready', 'pod/ours', '--timeout=60s')
    assert.equal(await whereIs('early'), ' Pending')
    assert.equal(await eventsOf('early'), '')
  })

  test('[SC9] a scheduler that knows nothing but the REST API places it, and those that come later', async (t) => {
    const scheduler = await startOutsideScheduler(product.kubeconfig, 'by-name')
    t.after(() => scheduler.stop())
    await kubectl.apply(podOf('late', 'by-name'))
    await kubectl('wait', '--for=condition=Ready', 'pod/early', 'pod/late', '--timeout=60s')
    assert.equal(await whereIs('late'), `${product.nodeName} Running`)
    await eventually(async () => assert.match(await eventsOf('late'), /Normal +Scheduled +pod\/late +Placed on /))
    await assert.rejects(scheduler.bind({ namespace: 'default', name: 'late' }, 'elsewhere'), /pod late is already assigned to node/)
    await assert.rejects(scheduler.bind({ namespace: 'default', name: 'late', uid: 'another' }, 'elsewhere'), /409/)
    await assert.rejects(scheduler.bind({ namespace: 'default', name: 'nobody' }, 'elsewhere'), /404/)
  })
})
