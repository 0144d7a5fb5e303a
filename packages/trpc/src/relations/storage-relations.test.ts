import assert from 'node:assert/strict'
import { test } from 'node:test'

import { persistentVolumeClaims, persistentVolumes, pods, storageClasses } from '@quarterdeck/api'
import { apiServerUser, createApiServer } from '@quarterdeck/apiserver'
import { createMemoryStore } from '@quarterdeck/storage'

import { findRelated } from './find-related.ts'
import { relationReader } from './relation-reader.ts'

test('a claim, its volume, its class and its pods lead to each other', async (t) => {
  const store = createMemoryStore()
  t.after(() => store.close())
  const server = await createApiServer({ store })
  const client = server.clientFor(apiServerUser, 'test')
  const claim = await client.create(persistentVolumeClaims, {
    metadata: { name: 'data', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeName: 'v' },
    status: {},
  })
  const volume = await client.create(persistentVolumes, {
    metadata: { name: 'v' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      hostPath: { path: '/v' },
      claimRef: { namespace: 'default', name: 'data', uid: claim.metadata.uid },
      persistentVolumeReclaimPolicy: 'Delete',
    },
    status: {},
  })
  const pod = await client.create(pods, {
    metadata: { name: 'p', namespace: 'default' },
    spec: {
      containers: [{ name: 'c', image: 'i' }],
      volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }],
      automountServiceAccountToken: false,
    },
    status: {},
  })
  const reader = relationReader(server.core, apiServerUser)
  const linesOf = async (subject: Parameters<typeof findRelated>[0]): Promise<string[]> =>
    (await findRelated(subject, reader)).flatMap(({ title, onDelete, items }) =>
      items.map(({ kind, name }) => `${title}: ${kind} ${name} ${onDelete}`),
    )
  assert.deepEqual(await linesOf({ kind: persistentVolumeClaims, object: claim }), [
    'Used by: Pod p breaks',
    'Has the volume: PersistentVolume v deleted',
    'Of the class: StorageClass local-path unaffected',
  ])
  assert.deepEqual(await linesOf({ kind: persistentVolumes, object: volume }), ['Claimed by: PersistentVolumeClaim data breaks'])
  assert.ok((await linesOf({ kind: pods, object: pod })).includes('Uses: PersistentVolumeClaim data unaffected'))
  const storageClass = await client.get(storageClasses, { namespace: '', name: 'local-path' })
  assert.deepEqual(await linesOf({ kind: storageClasses, object: storageClass }), ['Claims of it: PersistentVolumeClaim data unaffected'])
})
