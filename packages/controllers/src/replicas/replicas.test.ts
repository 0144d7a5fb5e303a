import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { planClaim } from '../ownership/claim.ts'
import { podOf, readyStatus, replicaSetOf } from '../testing/objects.ts'
import { planReplicas } from './reconcile-replicas.ts'
import { replicaStatusOf } from './replica-status.ts'
import { slowStartBatch } from './slow-start.ts'

const nowMs = Date.UTC(2026, 0, 2)
const options = { related: [], nowMs }
const hoursAgo = (hours: number): string => new Date(nowMs - hours * 3_600_000).toISOString()

describe('planning replicas', () => {
  test('[RS1] creates what is missing, at most 500 at once', () => {
    assert.equal(planReplicas(3, [podOf('a')], options).create, 2)
    assert.equal(planReplicas(9000, [], options).create, 500)
  })

  const deletions: { rule: string; keep: Parameters<typeof podOf>[1]; remove: Parameters<typeof podOf>[1] }[] = [
    { rule: 'unassigned before assigned', keep: { spec: { nodeName: 'n' } }, remove: {} },
    { rule: 'pending before running', keep: { status: { phase: 'Running' } }, remove: { status: { phase: 'Pending' } } },
    { rule: 'not ready before ready', keep: { status: readyStatus() }, remove: { status: { phase: 'Running' } } },
    {
      rule: 'lower deletion cost first',
      keep: { meta: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '5' } } },
      remove: { meta: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-5' } } },
    },
    {
      rule: 'ready for a shorter time first',
      keep: { status: readyStatus(nowMs - 20 * 3_600_000) },
      remove: { status: readyStatus(nowMs - 3_600_000) },
    },
    {
      rule: 'more restarts first',
      keep: { status: { ...readyStatus(), containerStatuses: [{ name: 'c', restartCount: 1, ready: true, image: '', imageID: '' }] } },
      remove: { status: { ...readyStatus(), containerStatuses: [{ name: 'c', restartCount: 4, ready: true, image: '', imageID: '' }] } },
    },
    { rule: 'younger first', keep: { meta: { creationTimestamp: hoursAgo(20) } }, remove: { meta: { creationTimestamp: hoursAgo(1) } } },
  ]
  for (const { rule, keep, remove } of deletions) {
    test(`[RS10] deletes ${rule}`, () => {
      const pods = [podOf('keep', keep), podOf('remove', remove)]
      for (const order of [pods, pods.toReversed()]) {
        assert.deepEqual(
          planReplicas(1, order, options).delete.map((pod) => pod.metadata.name),
          ['remove'],
        )
      }
    })
  }

  test('[RS10] deletes from the node with more pods of the application first', () => {
    const on = (name: string, nodeName: string) => podOf(name, { spec: { nodeName } })
    const pods = [on('a', 'n1'), on('b', 'n2')]
    const plan = planReplicas(1, pods, { related: [...pods, on('c', 'n2')], nowMs })
    assert.deepEqual(
      plan.delete.map((pod) => pod.metadata.name),
      ['b'],
    )
  })
})

describe('claiming', () => {
  const owner = replicaSetOf('rs')
  const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: owner.metadata.uid, controller: true }
  const matches = (pod: ReturnType<typeof podOf>) => pod.metadata.labels?.['app'] === 'rs'
  const labels = { app: 'rs' }

  test('[RS20] adopts orphans that match, releases what no longer matches, leaves what others control', () => {
    const orphan = podOf('orphan', { meta: { labels } })
    const stray = podOf('stray', { meta: { ownerReferences: [reference] } })
    const own = podOf('own', { meta: { labels, ownerReferences: [reference] } })
    const foreign = podOf('foreign', { meta: { labels, ownerReferences: [{ ...reference, uid: 'other' }] } })
    const going = podOf('going', { meta: { labels, deletionTimestamp: '2026-01-01T00:00:00Z' } })
    assert.deepEqual(planClaim(owner, [orphan, stray, own, foreign, going], matches), { owned: [own], adopt: [orphan], release: [stray] })
  })

  test('[RS21] an owner that is being deleted neither adopts nor releases', () => {
    const going = replicaSetOf('rs', {}, { meta: { deletionTimestamp: '2026-01-01T00:00:00Z' } })
    assert.deepEqual(planClaim(going, [podOf('orphan', { meta: { labels } })], matches), { owned: [], adopt: [], release: [] })
  })
})

describe('replica status', () => {
  const input = {
    status: { replicas: 0 },
    generation: 4,
    templateLabels: { app: 'x' },
    minReadySeconds: 0,
    failure: undefined,
    countsTerminating: true,
    nowMs,
  }

  test('[RS30] counts active, labelled, ready, available and terminating pods; zero counts are absent', () => {
    const labels = { app: 'x' }
    const pods = [
      podOf('a', { meta: { labels }, status: readyStatus(nowMs - 5000) }),
      podOf('b', { status: readyStatus(nowMs - 60_000) }),
      podOf('c'),
      podOf('d', { meta: { deletionTimestamp: '2026-01-01T00:00:00Z' }, status: readyStatus() }),
      podOf('e', { status: { phase: 'Failed' } }),
      podOf('f', { meta: { deletionTimestamp: '2026-01-01T00:00:00Z' }, status: { phase: 'Succeeded' } }),
    ]
    const status = replicaStatusOf({ ...input, minReadySeconds: 30, pods })
    assert.deepEqual(status, {
      replicas: 3,
      fullyLabeledReplicas: 1,
      readyReplicas: 2,
      availableReplicas: 1,
      terminatingReplicas: 1,
      observedGeneration: 4,
    })
    assert.equal(replicaStatusOf({ ...input, pods: [] }).readyReplicas, undefined)
    assert.ok(!('terminatingReplicas' in replicaStatusOf({ ...input, countsTerminating: false, pods })))
  })

  test('[RS31] a failure sets ReplicaFailure and its end removes it', () => {
    const failed = replicaStatusOf({ ...input, pods: [], failure: { reason: 'FailedCreate', message: 'no' } })
    assert.deepEqual(
      failed.conditions?.map(({ type, status, reason }) => [type, status, reason]),
      [['ReplicaFailure', 'True', 'FailedCreate']],
    )
    assert.equal(replicaStatusOf({ ...input, status: failed, pods: [] }).conditions, undefined)
  })
})

test('[RS2] creation starts with one and doubles, and stops at the first batch that fails', async () => {
  const calls: number[] = []
  const all = await slowStartBatch(10, async (index) => void calls.push(index))
  assert.equal(all.succeeded.length, 10)
  const failing = await slowStartBatch(100, async (index) => {
    if (index === 2) throw new Error('quota')
    return index
  })
  assert.deepEqual(failing.succeeded, [0, 1])
  assert.equal(failing.failures.length, 1)
})
