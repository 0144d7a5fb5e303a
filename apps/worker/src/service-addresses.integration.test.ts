import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ipAddresses, services } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import { controllerManager, createApiServer } from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'
import { openPostgresStore } from '@quarterdeck/storage'
import { testDatabase, type TestDatabase } from '@quarterdeck/testing'

const namespace = 'default'
let database: TestDatabase
const stores: Awaited<ReturnType<typeof openPostgresStore>>[] = []
const clients: Client[] = []

before(async () => {
  database = await testDatabase()
  for (const name of ['a', 'b']) {
    const store = await openPostgresStore({ connectionString: database.connectionString })
    stores.push(store)
    // Few addresses: the same one is often chosen by two.
    const server = await createApiServer({ store, serviceCidr: '10.96.0.0/24', nodePortRange: { first: 30_000, last: 30_199 } })
    clients.push(server.clientFor(controllerManager, name))
  }
})
after(async () => {
  await Promise.all(stores.map((store) => store.close()))
  await database.drop()
})

const create = (client: Client, name: string, clusterIP?: string) =>
  client.create(services, {
    metadata: { name, namespace },
    spec: { type: 'NodePort', ports: [{ port: 80 }], ...(clusterIP ? { clusterIP } : {}) },
    status: {},
  })

test('[V1] [V10] two servers never give an address to two services, however many ask at once', async () => {
  const [a, b] = clients as [Client, Client]
  const asked = await Promise.allSettled([create(a, 'left', '10.96.0.9'), create(b, 'right', '10.96.0.9')])
  assert.deepEqual(asked.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])

  const results = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => create(i % 2 ? a : b, `s${i}`)))
  for (const result of results)
    if (result.status === 'rejected') assert.ok(isApiError(result.reason, 'AlreadyExists', 'Conflict'), String(result.reason))
  const held = (await a.list(services, { namespace })).items.map(({ spec }) => spec.clusterIP ?? '')
  assert.equal(new Set(held).size, held.length)
  const taken = (await b.list(ipAddresses)).items.map(({ metadata }) => metadata.name)
  assert.deepEqual(new Set(taken), new Set(held))
})

test('[V1] of many that ask one server at once none is refused', async () => {
  const [a] = clients as [Client]
  await a.deleteCollection(services, { namespace })
  await Promise.all(Array.from({ length: 40 }, (_, i) => create(a, `t${i}`)))
  assert.equal((await a.list(ipAddresses)).items.length, 40)
})
