import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startKubectl } from './testing/kubectl.ts'
import { startCluster } from './testing/test-cluster.ts'

const manifest = `
apiVersion: resource.k8s.io/v1
kind: DeviceClass
metadata: { name: gpu }
spec: { selectors: [{ cel: { expression: 'device.driver == "d.example.com"' } }] }
---
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: { name: gpu }
spec: { spec: { devices: { requests: [{ name: gpu, exactly: { deviceClassName: gpu } }] } } }
---
apiVersion: resource.k8s.io/v1
kind: ResourceSlice
metadata: { name: n1 }
spec:
  driver: d.example.com
  nodeName: n1
  pool: { name: n1, generation: 1, resourceSliceCount: 1 }
  devices: [{ name: gpu-0, attributes: { model: { string: a100 } }, capacity: { memory: { value: 40Gi } } }]
---
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers: [{ name: web, image: v1, resources: { claims: [{ name: gpu }] } }]
  resourceClaims: [{ name: gpu, resourceClaimTemplateName: gpu }]
`

test('kubectl applies and shows claims to devices, and the addresses and networks of services', async (t) => {
  const cluster = await startCluster(t)
  cluster.startWorker()
  const kubectl = await startKubectl(t, cluster.server)

  await kubectl('apply -f -', manifest)
  assert.match(await kubectl('apply -f -', manifest), /resourceslice.resource.k8s.io\/n1 unchanged/)
  await cluster.eventually('the claim', async () => /^web-gpu-\w{5} +pending +\d+s$/m.test(await kubectl('get resourceclaims')))
  assert.match(await kubectl('get resourceslices'), /^NAME +NODE +DRIVER +POOL +AGE\s+n1 +n1 +d\.example\.com +n1 +\d+s$/m)
  assert.match(
    await kubectl('get deviceclasses,resourceclaimtemplates'),
    /deviceclass.resource.k8s.io\/gpu[\s\S]+resourceclaimtemplate.resource.k8s.io\/gpu/,
  )
  assert.match(await kubectl('explain resourceclaim.status.reservedFor'), /reservedFor/)

  const service = { metadata: { name: 'web', namespace: 'default' }, spec: { clusterIP: '10.96.9.9', ports: [{ port: 80 }] } }
  await kubectl('create -f -', JSON.stringify({ apiVersion: 'v1', kind: 'Service', ...service }))
  assert.match(await kubectl('get ip 10.96.9.9'), /^NAME +PARENTREF( +AGE)?\s+10\.96\.9\.9 +services\/default\/web/m)
  assert.match(await kubectl('get servicecidr kubernetes'), /^NAME +CIDRS +AGE\s+kubernetes +10\.96\.0\.0\/16/m)
})
