import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import {
  addressOfService,
  events,
  ipAddresses,
  serviceCidrs,
  services,
  type IPAddress,
  type Service,
  type ServiceCIDR,
} from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import { getIfExists, type Client } from '@quarterdeck/client'
import { runControllers } from '@quarterdeck/controller-runtime'
import { addressRepairController, serviceCidrController } from '@quarterdeck/controllers'

import { eventually } from './testing/eventually.ts'
import { fastClock } from './testing/fast-clock.ts'
import { startCluster } from './testing/test-cluster.ts'

const namespace = 'default'
const keyOf = (name: string) => ({ namespace, name })

async function start(t: TestContext): Promise<Client> {
  const { client, signal } = await startCluster(t)
  void runControllers({ controllers: [addressRepairController, serviceCidrController], client, signal, clock: fastClock(1000) })
  return client
}

const addService = (client: Client, name: string, spec: Partial<Service['spec']> = {}): Promise<Service> =>
  client.create(services, { metadata: keyOf(name), spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec }, status: {} })
const addressOf = (client: Client, ip: string): Promise<IPAddress | undefined> =>
  getIfExists(client, ipAddresses, { namespace: '', name: ip })
const networkNamed = (client: Client, name: string): Promise<ServiceCIDR | undefined> =>
  getIfExists(client, serviceCidrs, { namespace: '', name })
const readyOf = async (client: Client, name: string): Promise<string | undefined> =>
  (await networkNamed(client, name))?.status.conditions?.find(({ type }) => type === 'Ready')?.status

describe('addresses of services', () => {
  test('[V10] an address is an object that says whose it is, and goes with its service', async (t) => {
    const client = await start(t)
    const { spec } = await addService(client, 'web')
    const ip = spec.clusterIP ?? ''
    assert.deepEqual((await addressOf(client, ip))?.spec.parentRef, { group: '', resource: 'services', namespace, name: 'web' })
    await client.delete(services, keyOf('web'))
    assert.equal(await addressOf(client, ip), undefined)
  })

  test('[V10] the address of a service that is being deleted stays until the last finalizer is gone', async (t) => {
    const client = await start(t)
    const service = await addService(client, 'web')
    const ip = service.spec.clusterIP ?? ''
    const held = await client.update(services, { ...service, metadata: { ...service.metadata, finalizers: ['example.com/x'] } })
    await client.delete(services, keyOf('web'))
    assert.ok(await addressOf(client, ip))
    const { finalizers: _, ...metadata } = (await client.get(services, keyOf('web'))).metadata
    await client.update(services, { ...held, metadata })
    assert.equal(await getIfExists(client, services, keyOf('web')), undefined)
    assert.equal(await addressOf(client, ip), undefined)
  })

  test('[V10] an address that somebody took for themselves is not given to a service', async (t) => {
    const client = await start(t)
    await client.create(ipAddresses, {
      metadata: { name: '10.96.7.7' },
      spec: { parentRef: { group: 'example.com', resource: 'gateways', name: 'g' } },
    })
    await assert.rejects(addService(client, 'web', { clusterIP: '10.96.7.7' }), (error) => {
      assert.ok(isApiError(error, 'Invalid'))
      return error.message.endsWith('failed to allocate IP 10.96.7.7: provided IP is already allocated')
    })
  })

  test('[V11] an address that was deleted by hand is taken again, and the service is told', async (t) => {
    const client = await start(t)
    const { spec } = await addService(client, 'web')
    const ip = spec.clusterIP ?? ''
    await client.delete(ipAddresses, { namespace: '', name: ip })
    await eventually('the address', async () => (await addressOf(client, ip))?.spec.parentRef.name === 'web')
    await eventually('the event', async () =>
      (await client.list(events, { namespace })).items.some(
        ({ reason, message }) => reason === 'ClusterIPNotAllocated' && message === `Cluster IP [IPv4]: ${ip} is not allocated; repairing`,
      ),
    )
  })

  test('[V11] nothing is mended of services that come and go', async (t) => {
    const client = await start(t)
    for (let i = 0; i < 30; i++) {
      await addService(client, `web${i}`)
      await client.delete(services, keyOf(`web${i}`))
    }
    const last = await addService(client, 'last')
    await client.delete(ipAddresses, { namespace: '', name: last.spec.clusterIP ?? '' })
    await eventually('the last to be mended', async () => (await addressOf(client, last.spec.clusterIP ?? '')) !== undefined)
    const told = (await client.list(events, { namespace })).items.map(({ involvedObject }) => involvedObject.name)
    assert.deepEqual(
      told.filter((name) => name !== 'last'),
      [],
    )
    assert.deepEqual(
      (await client.list(ipAddresses)).items.map(({ spec }) => spec.parentRef.name),
      ['last'],
    )
  })

  test('[V11] an address that no service has any more is given back after a minute', async (t) => {
    const client = await start(t)
    await client.create(ipAddresses, addressOfService('10.96.7.7', { namespace, name: 'gone' }))
    await eventually('the address to be gone', async () => (await addressOf(client, '10.96.7.7')) === undefined)
  })
})

describe('networks of services', () => {
  test('[V13] the network of the cluster is there and ready', async (t) => {
    const client = await start(t)
    await eventually('it to be ready', async () => (await readyOf(client, 'kubernetes')) === 'True')
    assert.deepEqual((await networkNamed(client, 'kubernetes'))?.spec.cidrs, ['10.96.0.0/16'])
  })

  test('[V13] a network that is added gives addresses, and goes when the last of them is given back', async (t) => {
    const client = await start(t)
    const asked = { clusterIP: '10.200.0.9' }
    await assert.rejects(
      addService(client, 'web', asked),
      /failed to allocate IP 10\.200\.0\.9: the provided network does not match the current range$/,
    )
    await client.create(serviceCidrs, { metadata: { name: 'more' }, spec: { cidrs: ['10.200.0.0/24'] }, status: {} })
    await eventually('it to be ready', async () => (await readyOf(client, 'more')) === 'True')
    await addService(client, 'web', asked)
    await client.delete(serviceCidrs, { namespace: '', name: 'more' })
    await eventually('it to say why it stays', async () => (await readyOf(client, 'more')) === 'False')
    await assert.rejects(addService(client, 'late', { clusterIP: '10.200.0.10' }), /does not match the current range$/)
    await client.delete(services, keyOf('web'))
    await eventually('it to be gone', async () => (await networkNamed(client, 'more')) === undefined)
  })
})
