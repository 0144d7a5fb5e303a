import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Pod } from '@quarterdeck/api'

import { nextStep, restoredStatus } from './sim-pod.ts'

const deleted = (phase: string, finalizers?: string[]): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'default',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    deletionTimestamp: '2026-01-01T00:01:00Z',
    ...(finalizers ? { finalizers } : {}),
  },
  spec: { containers: [] },
  status: { phase },
})

const cases: [what: string, pod: Pod, step: string][] = [
  ['that nobody holds back goes at once', deleted('Running'), 'delete'],
  ['that is held back ends first', deleted('Running', ['batch.kubernetes.io/job-tracking']), 'end'],
  ['that is held back and has ended goes', deleted('Failed', ['batch.kubernetes.io/job-tracking']), 'delete'],
]

for (const [what, pod, step] of cases)
  test(`a deleted pod ${what}`, () => assert.equal(nextStep(pod, { nowMs: 0, startDelayMs: 0 })?.type, step))

for (const [containersReady, step] of [
  ['True', 'restore'],
  ['False', undefined],
] as const)
  test(`a running pod that is not ready while its containers' readiness is ${containersReady}: ${step ?? 'nothing'}`, () => {
    const conditions = [
      { type: 'Ready', status: 'False' },
      { type: 'ContainersReady', status: containersReady },
    ]
    const { deletionTimestamp: _, ...metadata } = deleted('Running').metadata
    const pod: Pod = { ...deleted('Running'), metadata, status: { phase: 'Running', conditions } }
    assert.equal(nextStep(pod, { nowMs: 0, startDelayMs: 0 })?.type, step)
    if (step) assert.deepEqual(restoredStatus(pod, 0).conditions?.find(({ type }) => type === 'Ready')?.status, 'True')
  })
