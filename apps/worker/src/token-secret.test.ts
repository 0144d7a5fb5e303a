import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { secrets, serviceAccounts, type Secret } from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'
import { getIfExists } from '@quarterdeck/client'

import { startCluster } from './testing/test-cluster.ts'

const tokenSecret = (name: string, account: string): Draft<Secret> => ({
  metadata: { name, namespace: 'default', annotations: { 'kubernetes.io/service-account.name': account } },
  type: 'kubernetes.io/service-account-token',
})

describe('Secrets that hold tokens', () => {
  test('[TS1] go with their account, and only with theirs', async (t) => {
    const { client, startWorker, eventually } = await startCluster(t)
    const find = (name: string) => getIfExists(client, secrets, { namespace: 'default', name })
    for (const name of ['stays', 'goes']) {
      await client.create(serviceAccounts, { metadata: { name, namespace: 'default' } })
      await client.create(secrets, tokenSecret(`${name}-token`, name))
    }
    await client.create(secrets, tokenSecret('orphan', 'nobody'))
    startWorker()
    await eventually('the orphan is gone', async () => !(await find('orphan')))
    await client.delete(serviceAccounts, { namespace: 'default', name: 'goes' })
    await eventually('gone with its account', async () => !(await find('goes-token')))
    assert.ok((await find('stays-token'))?.data?.['token'])
  })

  test('[TS1] an account of the same name is another', async (t) => {
    const { client, startWorker, eventually } = await startCluster(t)
    const account = { metadata: { name: 'a', namespace: 'default' } }
    await client.create(serviceAccounts, account)
    await client.create(secrets, tokenSecret('old', 'a'))
    await client.delete(serviceAccounts, { namespace: 'default', name: 'a' })
    await client.create(serviceAccounts, account)
    await client.create(secrets, tokenSecret('new', 'a'))
    startWorker()
    await eventually('gone', async () => !(await getIfExists(client, secrets, { namespace: 'default', name: 'old' })))
    assert.ok(await getIfExists(client, secrets, { namespace: 'default', name: 'new' }))
  })
})
