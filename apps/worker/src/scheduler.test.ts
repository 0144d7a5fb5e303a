import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { describe, test } from 'node:test'

import { events, localPath, nodes, persistentVolumeClaims, pods, priorityClasses, type Pod } from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'
import { createAuthenticator, createRestHandler, mastersGroup } from '@quarterdeck/apiserver'
import { createHttpClient, type Client } from '@quarterdeck/client'
import { createInformer, runControllers } from '@quarterdeck/controller-runtime'
import { createScheduler } from '@quarterdeck/scheduler'

import { startKubelet } from './testing/simulated-kubelet.ts'
import { startCluster } from './testing/test-cluster.ts'

const keyOf = (name: string) => ({ namespace: 'default', name })

const pod = (name: string, spec: Partial<Pod['spec']> = {}, cpu = '1'): Draft<Pod> => ({
  metadata: keyOf(name),
  spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }], ...spec },
  status: {},
})

const isRunning = (client: Client, name: string) => async () => (await client.get(pods, keyOf(name))).status.phase === 'Running'

describe('the scheduler on a cluster', () => {
  test('[SC16] [SC17] an important pod gets the room of a less important one, which is told why', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker()
    await startKubelet(client, 'n', { signal: cluster.signal, allocatable: { cpu: '2' } })
    await client.create(priorityClasses, { metadata: { name: 'important' }, value: 1000 })
    await client.create(pods, pod('low', {}, '2'))
    await cluster.eventually('the first to run', isRunning(client, 'low'))
    const low = await client.get(pods, keyOf('low'))
    const seen: Pod[] = []
    const informer = createInformer(client, pods, { signal: cluster.signal })
    informer.onChange(({ object }) => seen.push(object))
    await client.create(pods, pod('high', { priorityClassName: 'important' }, '2'))
    await cluster.eventually('the important one to run', isRunning(client, 'high'))
    const conditions = seen.flatMap(({ metadata, status }) => (metadata.name === 'low' ? (status.conditions ?? []) : []))
    const why = conditions.find(({ type }) => type === 'DisruptionTarget')
    assert.deepEqual(
      [why?.status, why?.reason, why?.message],
      ['True', 'PreemptionByScheduler', 'default-scheduler: preempting to accommodate a higher priority pod'],
    )
    assert.ok(seen.some(({ metadata, status }) => metadata.name === 'high' && status.nominatedNodeName === 'n'))
    const high = await client.get(pods, keyOf('high'))
    assert.equal(high.status.nominatedNodeName, undefined)
    assert.equal(high.status.conditions?.find(({ type }) => type === 'PodScheduled')?.status, 'True')
    await cluster.eventually('the event', async () => {
      const { items } = await client.list(events, { namespace: 'default' })
      return items.some(
        ({ reason, message, involvedObject }) =>
          reason === 'Preempted' &&
          involvedObject.uid === low.metadata.uid &&
          message === `Preempted by pod ${high.metadata.uid} on node n`,
      )
    })
  })

  test('[SC9] another scheduler binds its pods through the API, and they count', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker()
    await startKubelet(client, 'n', { signal: cluster.signal, allocatable: { cpu: '2' } })
    await client.create(pods, pod('theirs', { schedulerName: 'mine' }, '2'))
    await client.create(pods, pod('ours', {}, '1'))
    await cluster.eventually('ours to run', isRunning(client, 'ours'))
    assert.equal((await client.get(pods, keyOf('theirs'))).spec.nodeName, undefined)
    await client.createSubresource(pods, keyOf('theirs'), 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: keyOf('theirs'),
      target: { apiVersion: 'v1', kind: 'Node', name: 'n' },
    })
    await client.create(pods, pod('late', {}, '1'))
    await cluster.eventually('the late one to wait', async () => {
      const { status } = await client.get(pods, keyOf('late'))
      return status.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable')
    })
  })

  test('[SC19] an extender behind TLS that knows its clients takes part', async (t) => {
    const cluster = await startCluster(t)
    const { client, server } = cluster
    const { authority } = server.identity
    const serving = await authority.issueServer(['127.0.0.1'], 1)
    const own = await authority.issueClient('scheduler', [], 1)
    const clients: string[] = []
    const extender = createServer(
      { key: serving.keyPem, cert: serving.certificatePem, ca: authority.certificatePem, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        clients.push((request.socket as TLSSocket).getPeerCertificate().subject.CN as string)
        request.resume()
        response.end(JSON.stringify({ NodeNames: ['second'] }))
      },
    )
    extender.listen(0, '127.0.0.1')
    await once(extender, 'listening')
    t.after(() => {
      extender.closeAllConnections()
      extender.close()
    })
    const base64 = (text: string): string => Buffer.from(text).toString('base64')
    cluster.startWorker({
      scheduler: {
        configuration: {
          extenders: [
            {
              urlPrefix: `https://127.0.0.1:${(extender.address() as AddressInfo).port}`,
              filterVerb: 'filter',
              nodeCacheCapable: true,
              enableHTTPS: true,
              tlsConfig: {
                caData: base64(authority.certificatePem),
                certData: base64(own.certificatePem),
                keyData: base64(own.keyPem),
              },
            },
          ],
        },
      },
    })
    await startKubelet(client, 'first', { signal: cluster.signal })
    await startKubelet(client, 'second', { signal: cluster.signal })
    await client.create(pods, pod('p'))
    await cluster.eventually('the pod to run', isRunning(client, 'p'))
    assert.equal((await client.get(pods, keyOf('p'))).spec.nodeName, 'second')
    assert.deepEqual(new Set(clients), new Set(['scheduler']))
  })

  test('[SC20] a claim that waits for its pod gets its volume on the node that was chosen, and the pod starts there', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    cluster.startWorker()
    await startKubelet(client, 'n', { signal: cluster.signal })
    const folder = {
      metadata: { annotations: { [localPath.folderAnnotation]: '/var/volumes' }, labels: { 'kubernetes.io/hostname': 'n' } },
    }
    await client.patch(nodes, { namespace: '', name: 'n' }, folder, { type: 'merge' })
    await client.create(persistentVolumeClaims, {
      metadata: keyOf('data'),
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      status: {},
    })
    await client.create(pods, pod('p', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }))
    await cluster.eventually('the pod to run', isRunning(client, 'p'))
    const claim = await client.get(persistentVolumeClaims, keyOf('data'))
    assert.deepEqual([claim.status.phase, claim.metadata.annotations?.['volume.kubernetes.io/selected-node']], ['Bound', 'n'])
  })

  test('[SC6] whenever the leader changes, every pod is bound once and no node gets more than it has', async (t) => {
    const cluster = await startCluster(t)
    const { client } = cluster
    for (let i = 0; i < 20; i++) await startKubelet(client, `n${i}`, { signal: cluster.signal, allocatable: { cpu: '8' } })
    const bindings = new Map<string, Set<string>>()
    const informer = createInformer(client, pods, { signal: cluster.signal })
    informer.onChange(({ object: { metadata, spec } }) => {
      if (spec.nodeName) bindings.set(metadata.uid, (bindings.get(metadata.uid) ?? new Set()).add(spec.nodeName))
    })
    const count = 160
    const creating = Promise.all(Array.from({ length: count }, (_, i) => client.create(pods, pod(`p${i}`))))
    for (let bound = 0; bound < count;) {
      const stop = cluster.startWorker()
      const target = Math.min(count, bound + 50)
      await cluster.eventually(`${target} pods to be bound`, async () => bindings.size >= target)
      await stop()
      bound = bindings.size
    }
    await creating
    const perNode = new Map<string, number>()
    for (const nodes of bindings.values()) {
      assert.equal(nodes.size, 1)
      for (const node of nodes) perNode.set(node, (perNode.get(node) ?? 0) + 1)
    }
    assert.deepEqual(
      [...perNode.values()],
      Array.from({ length: 20 }, () => 8),
    )
  })

  test('[SC9] a scheduler that knows nothing but REST places its own pods beside the built-in one', async (t) => {
    const cluster = await startCluster(t)
    const { client, server } = cluster
    cluster.startWorker()
    await startKubelet(client, 'n', { signal: cluster.signal })
    const { authority } = server.identity
    const serving = await authority.issueServer(['127.0.0.1'], 1)
    const rest = createRestHandler({
      server,
      authenticate: createAuthenticator(server.tokens),
    })
    const listening = createServer(
      { key: serving.keyPem, cert: serving.certificatePem, ca: authority.certificatePem, requestCert: true, rejectUnauthorized: false },
      rest.handle,
    )
    listening.listen(0, '127.0.0.1')
    await once(listening, 'listening')
    const http = createHttpClient({
      url: `https://127.0.0.1:${(listening.address() as AddressInfo).port}`,
      caPem: authority.certificatePem,
      ...(await authority.issueClient('mine', [mastersGroup], 1)),
      userAgent: 'mine',
    })
    const stop = new AbortController()
    const outside = createScheduler({ configuration: { profiles: [{ schedulerName: 'mine' }] } })
    const running = runControllers({ controllers: [outside.controller], client: http, signal: stop.signal })
    t.after(async () => {
      stop.abort()
      await running
      await http.close()
      listening.closeAllConnections()
      listening.close()
    })
    await client.create(pods, pod('theirs', { schedulerName: 'mine' }))
    await client.create(pods, pod('ours'))
    await cluster.eventually('theirs to run', isRunning(client, 'theirs'))
    await cluster.eventually('ours to run', isRunning(client, 'ours'))
    await cluster.eventually('an event from each', async () => {
      const { items } = await client.list(events, { namespace: 'default' })
      const scheduled = items.filter(({ reason }) => reason === 'Scheduled')
      return (
        scheduled.some(({ source }) => source?.component === 'mine') &&
        scheduled.some(({ source }) => source?.component === 'default-scheduler')
      )
    })
  })
})
