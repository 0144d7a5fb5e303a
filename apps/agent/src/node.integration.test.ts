import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'

import { configMaps, endpointSlices, nodes, type Pod, pods, type Service, serviceAccounts, services } from '@quarterdeck/api'
import { type Draft, isApiError } from '@quarterdeck/api-machinery'
import { apiServerUser, createApiServer, nodesGroup, nodeUserPrefix } from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'
import { createLogger, silentLogger } from '@quarterdeck/controller-runtime'
import { createDockerRuntime, exampleImage } from '@quarterdeck/docker-runtime'
import { createMemoryStore } from '@quarterdeck/storage'
import { channels, framedLink } from '@quarterdeck/streams'
import { createTunnelHub, type TunnelHub } from '@quarterdeck/tunnel'

import { runNode, teardownNode } from './node.ts'
import { type AgentSettings, readSettings } from './settings.ts'

const patienceMs = 30_000
const log = process.env['NODE_LOG'] ? createLogger('agent') : silentLogger

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const giveUpAtMs = Date.now() + patienceMs
  let last: unknown
  while (Date.now() < giveUpAtMs) {
    const found = await look().catch((error: unknown) => {
      last = error
      return undefined
    })
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${what} did not come true`, { cause: last })
}

void describe('a node with its services and names', () => {
  const stop = new AbortController()
  const nodeName = `n-${randomUUID().slice(0, 8)}`
  let client: Client
  let settings: AgentSettings
  let hub: TunnelHub
  let server: Server
  let running: Promise<void>

  const createPod = (name: string, command: string) => {
    const draft = {
      metadata: { namespace: 'default', name, labels: { app: name } },
      spec: {
        nodeName,
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'main', image: exampleImage, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', command] }],
      },
    }
    return client.create(pods, draft as unknown as Draft<Pod>)
  }
  const runningPod = (name: string) =>
    until(`pod ${name}`, async () => {
      const pod = await client.get(pods, { namespace: 'default', name })
      return pod.status.phase === 'Running' && pod.status.podIP ? pod : undefined
    })
  const execIn = async (pod: Pod, command: string): Promise<string> => {
    const runtime = await createDockerRuntime({ agentId: settings.agentId })
    const id = pod.status.containerStatuses?.[0]?.containerID?.replace('docker://', '') ?? ''
    return (await runtime.exec(id, ['sh', '-c', command], AbortSignal.timeout(10_000))).output
  }

  before(async () => {
    const api = await createApiServer({ store: createMemoryStore(), serviceCidr: '10.213.100.0/24' })
    client = api.clientFor(apiServerUser, 'test')
    const unlessThere = (error: unknown) => (isApiError(error, 'AlreadyExists') ? undefined : Promise.reject(error))
    await client.create(serviceAccounts, { metadata: { name: 'default', namespace: 'default' } }).catch(unlessThere)
    await client
      .create(configMaps, { metadata: { name: 'kube-root-ca.crt', namespace: 'default' }, data: { 'ca.crt': 'x' } })
      .catch(unlessThere)
    hub = createTunnelHub()
    server = createServer().on('upgrade', (request, socket: Duplex, head) => hub.handleUpgrade(request, socket, head, nodeName))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const dataDir = await mkdtemp(join(tmpdir(), 'quarterdeck-agent-'))
    const args = ['--node-name', nodeName, '--data-dir', dataDir, '--cluster-dns', '10.213.100.10', '--service-cidr', '10.213.100.0/24']
    const read = await readSettings([...args, '--api-url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`], process.env)
    assert.ok(read)
    settings = read
    const agent = api.clientFor({ name: nodeUserPrefix + nodeName, groups: [nodesGroup, 'system:authenticated'] }, 'agent')
    running = runNode({ settings, client: agent, log, signal: stop.signal })
    await until('the node', () => client.get(nodes, { namespace: '', name: nodeName }))
    await client.patch(nodes, { namespace: '', name: nodeName }, { spec: { podCIDR: '10.213.101.0/24' } }, { type: 'merge' })
  })
  after(async () => {
    stop.abort()
    await running
    await teardownNode(settings, log)
    hub.close()
    server.close()
    server.closeAllConnections()
    await rm(settings.dataDir, { recursive: true, force: true })
  })

  void test('[S1][S2][D1] a pod reaches a service by its name and its address, itself included, and so does the machine by its node port', async () => {
    for (const name of ['web-a', 'web-b'])
      await createPod(name, `mkdir /www; echo ${name} > /www/index.html; exec httpd -f -p 8080 -h /www`)
    const [a, b] = await Promise.all([runningPod('web-a'), runningPod('web-b')])
    const service = await client.create(services, {
      metadata: { namespace: 'default', name: 'web' },
      spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] },
    } as unknown as Draft<Service>)
    await client.create(endpointSlices, {
      metadata: { namespace: 'default', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: [a, b].map((pod) => ({ addresses: [pod.status.podIP ?? ''], nodeName, conditions: { ready: true } })),
    })

    const lookUp = await until('the name', async () => {
      const answer = await execIn(a, 'nslookup web.default.svc.cluster.local')
      return answer.includes(service.spec.clusterIP ?? '?') ? answer : undefined
    })
    assert.match(lookUp, /10\.213\.100\.10/)

    const get = (address: string) => `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 ${address} 80 | tail -1`
    const seen = new Set<string>()
    await until('answers of both', async () => {
      seen.add((await execIn(a, get(service.spec.clusterIP ?? ''))).trim())
      return seen.has('web-a') && seen.has('web-b') ? true : undefined
    })

    const nodePort = service.spec.ports?.[0]?.nodePort
    const node = await client.get(nodes, { namespace: '', name: nodeName })
    const address = node.status.addresses?.find((entry) => entry.type === 'InternalIP')?.address
    const page = await until('the node port', async () => (await fetch(`http://${address}:${nodePort}/`)).text())
    assert.match(page, /^web-[ab]\n$/)
    assert.match(await until('the cluster address', async () => (await fetch(`http://${service.spec.clusterIP}/`)).text()), /^web-[ab]\n$/)
  })

  void test('[S6] a UDP client that never pauses is answered by another endpoint once the first is gone', async (t) => {
    const node = await client.get(nodes, { namespace: '', name: nodeName })
    const ip = node.status.addresses?.find((entry) => entry.type === 'InternalIP')?.address ?? '127.0.0.1'
    const answering = async (name: string): Promise<number> => {
      const socket = createSocket('udp4', (_, from) => socket.send(name, from.port, from.address)).bind(0, ip)
      t.after(() => socket.close())
      await once(socket, 'listening')
      return socket.address().port
    }
    const slice = (port: number) => ({
      metadata: { namespace: 'default', name: 'echo-1', labels: { 'kubernetes.io/service-name': 'echo' } },
      addressType: 'IPv4',
      ports: [{ name: '', port, protocol: 'UDP' }],
      endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    })
    const [first, second] = [await answering('first'), await answering('second')]
    const service = await client.create(services, {
      metadata: { namespace: 'default', name: 'echo' },
      spec: { ports: [{ port: 7, protocol: 'UDP' }] },
    } as unknown as Draft<Service>)
    const made = await client.create(endpointSlices, slice(first))

    let heard = ''
    const talker = createSocket('udp4', (answer) => (heard = answer.toString())).bind(0)
    const talking = setInterval(() => talker.send('?', 7, service.spec.clusterIP ?? ''), 20)
    t.after(() => {
      clearInterval(talking)
      talker.close()
    })
    await until('the first', async () => (heard === 'first' ? true : undefined))
    await client.update(endpointSlices, { ...made, ports: [{ name: '', port: second, protocol: 'UDP' }] })
    await until('the second', async () => (heard === 'second' ? true : undefined))
  })

  void test('[K3] a log is read through the tunnel: its end, as it grows, and that of the container before', async () => {
    await createPod('talks', 'for i in 1 2 3; do echo line $i; done; test -e /tmp/x; trap "exit 0" TERM; while true; do sleep 0.1; done')
    await runningPod('talks')
    const read = async (query: string) => {
      const answer = await hub.request(nodeName, { method: 'GET', path: `/containerLogs/default/talks/main?${query}` })
      return { status: answer.status, body: answer.body }
    }
    await until('the log', async () => ((await text((await read('')).body)) === 'line 1\nline 2\nline 3\n' ? true : undefined))
    assert.equal(await text((await read('tailLines=1')).body), 'line 3\n')
    assert.equal(await text((await read('limitBytes=6')).body), 'line 1')
    assert.match(await text((await read('timestamps=true&tailLines=1')).body), /^\d{4}-\d\d-\d\dT.*Z line 3\n$/)
    const previous = await read('previous=true')
    assert.equal(previous.status, 400)
    const { message } = JSON.parse(await text(previous.body)) as { message: string }
    assert.equal(message, 'previous terminated container "main" in pod "talks" not found')
    const follow = await read('follow=true&tailLines=1')
    await client.delete(pods, { namespace: 'default', name: 'talks' })
    assert.equal(await text(follow.body), 'line 3\n')
  })

  void test('a command runs in a container through the tunnel, with its exit code', async () => {
    await createPod('runs', 'trap "exit 0" TERM; while true; do sleep 0.1; done')
    await runningPod('runs')
    const { stream } = await hub.open(nodeName, {
      method: 'POST',
      path: '/exec/default/runs/main?command=sh&command=-c&command=cat%3B+echo+no+>%262%3B+exit+4&stdin=true&stdout=true&stderr=true',
    })
    const link = framedLink(stream)
    await link.send(channels.stdin, Buffer.from('typed'))
    await link.send(channels.close, Buffer.of(channels.stdin))
    const told: Record<number, string> = {}
    for await (const { channel, data } of link.incoming) told[channel] = (told[channel] ?? '') + Buffer.from(data).toString()
    assert.deepEqual([told[channels.stdout], told[channels.stderr]], ['typed', 'no\n'])
    const status = JSON.parse(told[channels.error] ?? '') as { reason: string; details: { causes: { message: string }[] } }
    assert.deepEqual([status.reason, status.details.causes[0]?.message], ['NonZeroExitCode', '4'])
  })

  void test('what the pods use is measured', async () => {
    await createPod('busy', 'while true; do :; done')
    await runningPod('busy')
    const summary = await until('the measure', async () => {
      const answer = await hub.request(nodeName, { method: 'GET', path: '/stats/summary' })
      const found = JSON.parse(await text(answer.body)) as { pods: { podRef: { name: string }; memory: { workingSetBytes: number } }[] }
      return found.pods.find((pod) => pod.podRef.name === 'busy')
    })
    assert.ok(summary.memory.workingSetBytes > 0)
  })
})
