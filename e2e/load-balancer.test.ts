import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, describe, test } from 'node:test'

import { startCluster } from './lib/cluster.ts'
import { eventually } from './lib/eventually.ts'

const application = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: main
          image: quarterdeck/busybox:latest
          imagePullPolicy: IfNotPresent
          command: [sh, -c, 'mkdir /www; echo hello > /www/index.html; exec httpd -f -p 8080 -h /www']
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080 }]
`
/** A machine beside this one, on a network of their own: a network namespace joined by a bridge. */
const neighbour = `qdlb-${process.pid}`
const bridge = `qdb${process.pid}`.slice(0, 15)
/** What a program says of its failures goes with the error: most are tried again. */
const run = (program: string, ...args: string[]): string => execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' }).trim()
const inNeighbour = (...command: string[]): string => run('nsenter', `--net=/var/run/netns/${neighbour}`, ...command)

run('ip', 'netns', 'add', neighbour)
run('ip', 'link', 'add', bridge, 'type', 'bridge')
run('ip', 'addr', 'add', '198.51.100.1/24', 'dev', bridge)
run('ip', 'link', 'add', `${bridge.slice(0, 12)}v`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', neighbour)
run('ip', 'link', 'set', `${bridge.slice(0, 12)}v`, 'master', bridge, 'up')
run('ip', 'link', 'set', bridge, 'up')
inNeighbour('ip', 'addr', 'add', '198.51.100.2/24', 'dev', 'eth0')
inNeighbour('ip', 'link', 'set', 'eth0', 'up')
process.env['QUARTERDECK_LOAD_BALANCER_POOL'] = '198.51.100.200-198.51.100.201'
const { product, kubectl } = await startCluster()
after(() => {
  run('ip', 'link', 'delete', bridge)
  run('ip', 'netns', 'delete', neighbour)
})

const fetchPage = 'console.log(await (await fetch(process.argv[1], { signal: AbortSignal.timeout(2000) })).text())'
const page = (url: string): string => inNeighbour(process.execPath, '--input-type=module', '-e', fetchPage, url)
const answers = (): Promise<void> => eventually(() => Promise.resolve(assert.equal(page('http://198.51.100.200/'), 'hello')))

describe('a load balancer', () => {
  test('[LB1][S7] a Service of type LoadBalancer answers a neighbour on its address', async () => {
    await kubectl.apply(application)
    await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s')
    await eventually(async () => assert.match(await kubectl('get', 'service', 'web'), /LoadBalancer\s+\S+\s+198\.51\.100\.200\s/))
    await answers()
    assert.match(await kubectl('describe', 'service', 'web'), /EnsuredLoadBalancer/)
  })

  test('[S8] its health check port says whether a node has an endpoint', async () => {
    const port = await kubectl('get', 'service', 'web', '-o', 'jsonpath={.spec.healthCheckNodePort}')
    const health = await fetch(`http://127.0.0.1:${port}/`)
    assert.equal(health.status, 200)
    assert.equal(((await health.json()) as { localEndpoints: number }).localEndpoints, 1)
    await kubectl('scale', 'deployment/web', '--replicas=0')
    await eventually(async () => assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 503))
    await kubectl('scale', 'deployment/web', '--replicas=1')
  })

  test('[LB4] a node that is cut off lets go of the address when another machine answers, and takes it again when it is given it anew', async () => {
    await answers()
    const web = product.pidOf('apps/web/server/main.ts')
    process.kill(web, 'SIGSTOP')
    try {
      inNeighbour('ip', 'addr', 'add', '198.51.100.200/24', 'dev', 'eth0')
      await eventually(async () => assert.doesNotMatch(run('ip', 'addr'), /198\.51\.100\.200/))
    } finally {
      inNeighbour('ip', 'addr', 'del', '198.51.100.200/24', 'dev', 'eth0')
      process.kill(web, 'SIGCONT')
    }
    await answers()
  })

  test('[LB3] a Service that becomes another type gives its address back', async () => {
    await kubectl('patch', 'service', 'web', '-p', '{"spec":{"type":"ClusterIP"}}')
    await eventually(async () => assert.match(await kubectl('get', 'service', 'web'), /ClusterIP\s+\S+\s+<none>/))
    await eventually(() => Promise.resolve(assert.doesNotMatch(run('ip', 'addr'), /198\.51\.100\.200/)))
  })
})
