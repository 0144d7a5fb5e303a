import assert from 'node:assert/strict'
import { test } from 'node:test'

import { builtInKinds, secrets, type Secret } from '@quarterdeck/api'
import { createMemoryStore } from '@quarterdeck/storage'

import { createApiServer } from '../api-server.ts'
import { ServerKeys } from './server-keys.ts'
import { apiServerUser } from './user.ts'

test('[P16] keys of the servers are in no Secret and of no kind', async () => {
  const store = createMemoryStore()
  const server = await createApiServer({ store })
  const { items } = await server.clientFor(apiServerUser, 'test').list(secrets)
  const texts = items.map((item) => Object.values(item.data ?? {}).map((value) => Buffer.from(value, 'base64').toString()))
  assert.ok(!texts.flat().some((text) => text.includes('PRIVATE KEY')))
  assert.ok(!builtInKinds.some(({ resource }) => resource.startsWith('serverkeys')))
  await store.close()
})

test('servers that start together share what one of them made', async () => {
  const store = createMemoryStore()
  let made = 0
  const keys = await Promise.all(Array.from({ length: 8 }, () => new ServerKeys(store).ensure('k', () => ({ n: String(made++) }))))
  assert.equal(new Set(keys.map(({ n }) => n)).size, 1)
  await store.close()
})

test('a key that an earlier release kept as a Secret is moved, and is the same', async () => {
  const store = createMemoryStore()
  const server = await createApiServer({ store })
  const client = server.clientFor(apiServerUser, 'test')
  const key = { namespace: 'kube-system', name: 'quarterdeck-old' }
  await client.create<Secret>(secrets, { metadata: key, data: { field: Buffer.from('value').toString('base64') } })
  const keys = new ServerKeys(store)
  assert.deepEqual(await keys.ensure('old', () => assert.fail('it is there')), { field: 'value' })
  await assert.rejects(client.get(secrets, key), { reason: 'NotFound' })
  assert.deepEqual(await keys.ensure('old', () => assert.fail('it is there')), { field: 'value' })
  await store.close()
})
