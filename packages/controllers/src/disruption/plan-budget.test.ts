import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Pod, PodDisruptionBudget } from '@quarterdeck/api'

import { metaOf, podOf, readyStatus } from '../testing/objects.ts'
import { planBudget, type BudgetStatus } from './plan-budget.ts'

const nowMs = Date.UTC(2026, 0, 1, 1)
const budgetOf = (spec: PodDisruptionBudget['spec'], status: BudgetStatus = {}): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: metaOf('b'),
  spec: spec ?? {},
  status,
})
const owned = (uid: string) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: uid, uid, controller: true }],
})
const ready = (name: string, owner = 'rs'): Pod => podOf(name, { meta: owned(owner), status: readyStatus() })
const unready = (name: string): Pod => podOf(name, { meta: owned('rs') })
const leaving = (name: string): Pod =>
  podOf(name, { meta: { ...owned('rs'), deletionTimestamp: '2026-01-01T01:00:00Z' }, status: readyStatus() })
const wants: Record<string, number> = { rs: 3, other: 7 }
const grantedAt = (agoMs: number): string => new Date(nowMs - agoMs).toISOString()

type Case = [what: string, spec: PodDisruptionBudget['spec'], pods: Pod[], expected: Partial<BudgetStatus>, status?: BudgetStatus]
const three = [ready('a'), ready('b'), ready('c')]
const cases: Case[] = [
  ['a count that must stay', { minAvailable: 2 }, three, { desiredHealthy: 2, currentHealthy: 3, expectedPods: 3, disruptionsAllowed: 1 }],
  ['a count that may go', { maxUnavailable: 1 }, three, { desiredHealthy: 2, expectedPods: 3, disruptionsAllowed: 1 }],
  ['a share that must stay, rounded up', { minAvailable: '50%' }, three, { desiredHealthy: 2, disruptionsAllowed: 1 }],
  ['a share that may go, rounded up', { maxUnavailable: '50%' }, three, { desiredHealthy: 1, disruptionsAllowed: 2 }],
  ['more than there are', { minAvailable: 5 }, three, { desiredHealthy: 5, disruptionsAllowed: 0 }],
  ['one that is not ready', { minAvailable: 2 }, [ready('a'), ready('b'), unready('c')], { currentHealthy: 2, disruptionsAllowed: 0 }],
  ['one that goes already', { minAvailable: 2 }, [ready('a'), ready('b'), leaving('c')], { currentHealthy: 2, disruptionsAllowed: 0 }],
  ['fewer than their controller wants', { maxUnavailable: 1 }, [ready('a')], { expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 0 }],
  ['pods of two controllers', { maxUnavailable: '10%' }, [ready('a'), ready('b', 'other')], { expectedPods: 10, desiredHealthy: 9 }],
  ['no pods', { minAvailable: 0 }, [], { expectedPods: 0, disruptionsAllowed: 0 }],
  ['no limit', {}, three, { expectedPods: 0, disruptionsAllowed: 0 }],
  [
    'a granted eviction whose pod is still there',
    { minAvailable: 2 },
    three,
    { currentHealthy: 2, disruptionsAllowed: 0, disruptedPods: { a: grantedAt(1000) } },
    { disruptedPods: { a: grantedAt(1000) } },
  ],
  [
    'a granted eviction whose pod goes',
    { minAvailable: 2 },
    [leaving('a'), ready('b'), ready('c')],
    { currentHealthy: 2, disruptedPods: undefined },
    { disruptedPods: { a: grantedAt(1000) } },
  ],
  [
    'a granted eviction that nobody used',
    { minAvailable: 2 },
    three,
    { currentHealthy: 3, disruptionsAllowed: 1, disruptedPods: undefined },
    { disruptedPods: { a: grantedAt(121_000) } },
  ],
]

void describe('[DB1] a disruption budget with', () => {
  const wantedBy = (pod: Pod) => {
    const uid = pod.metadata.ownerReferences?.[0]?.uid ?? ''
    return uid in wants ? { uid, replicas: wants[uid]! } : undefined
  }
  for (const [what, spec, pods, expected, status] of cases)
    void test(what, () => {
      const plan = planBudget(budgetOf(spec, status), pods, { wantedBy, nowMs })
      for (const [field, value] of Object.entries(expected)) assert.deepEqual(plan.status[field as keyof BudgetStatus], value, field)
      const condition = plan.status.conditions?.[0]
      assert.equal(condition?.reason, plan.status.disruptionsAllowed ? 'SufficientPods' : 'InsufficientPods')
    })

  void test('a share of pods whose controller is unknown cannot be worked out', () =>
    assert.throws(
      () => planBudget(budgetOf({ maxUnavailable: 1 }), [ready('a', 'nobody')], { wantedBy, nowMs }),
      /found no controllers for pod "a"/,
    ))

  void test('a share of pods without a controller tells of them', () => {
    const { unmanaged, status } = planBudget(budgetOf({ maxUnavailable: 1 }), [podOf('lone', { status: readyStatus() })], {
      wantedBy,
      nowMs,
    })
    assert.deepEqual(
      unmanaged.map(({ metadata }) => metadata.name),
      ['lone'],
    )
    assert.equal(status.disruptionsAllowed, 0)
  })

  void test('a granted eviction is looked at again when its time is over', () => {
    const { lookAgainInMs } = planBudget(budgetOf({ minAvailable: 1 }, { disruptedPods: { a: grantedAt(100_000) } }), three, {
      wantedBy,
      nowMs,
    })
    assert.equal(lookAgainInMs, 20_000)
  })
})
