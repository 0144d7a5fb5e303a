import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { KubeObject } from '@quarterdeck/api-machinery'

import { OwnWrites } from './own-writes.ts'
import { FakeClock } from './testing/index.ts'

const object = (revision: number, uid = 'u'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'n', uid, resourceVersion: String(revision), creationTimestamp: '2026-01-01T00:00:00Z' },
})

function setUp() {
  const pods = { revision: 10, objects: new Map<string, KubeObject>(), get: (key: string) => pods.objects.get(key) }
  const clock = new FakeClock()
  return { pods, clock, writes: new OwnWrites((resource) => (resource === 'pods' ? pods : undefined), clock) }
}

describe('own writes', () => {
  test('[CR30] a write is seen once its cache has reached the revision of the write', () => {
    const { pods, writes } = setUp()
    writes.wrote('k', 'pods', object(12))
    assert.equal(writes.allSeen('k'), false)
    assert.equal(writes.allSeen('another'), true)
    pods.revision = 12
    assert.equal(writes.allSeen('k'), true)
  })

  test('[CR31] a deletion is seen once the object left the cache, even if its name is taken again', () => {
    const { pods, writes } = setUp()
    pods.objects.set('n/p', object(3, 'old'))
    writes.removed('k', { resource: 'pods', objectKey: 'n/p', uid: 'old' })
    assert.equal(writes.allSeen('k'), false)
    pods.objects.set('n/p', object(13, 'new'))
    assert.equal(writes.allSeen('k'), true)
  })

  test('[CR32] a write is waited for at most five minutes', async () => {
    const { clock, writes } = setUp()
    writes.wrote('k', 'pods', object(12))
    await clock.advance(299_000)
    assert.equal(writes.allSeen('k'), false)
    await clock.advance(1_000)
    assert.equal(writes.allSeen('k'), true)
  })

  test('writes of kinds without a cache are not waited for', () => {
    const { writes } = setUp()
    writes.wrote('k', 'events', object(99))
    assert.equal(writes.allSeen('k'), true)
  })
})
