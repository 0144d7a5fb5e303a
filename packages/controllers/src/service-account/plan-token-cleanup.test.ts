import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Secret } from '@quarterdeck/api'

import { metaOf } from '../testing/objects.ts'
import { planTokenCleanup, type TokenCleanup, type TokenUse } from './plan-token-cleanup.ts'

const dayMs = 24 * 3600 * 1000
const nowMs = Date.UTC(2030, 0, 1)
const lastUsed = 'kubernetes.io/legacy-token-last-used'
const invalidSince = 'kubernetes.io/legacy-token-invalid-since'
const listed: TokenUse = { isListed: true, isMounted: false, trackedSince: '2020-01-01' }

const cases: { rule: string; labels?: Record<string, string>; use?: Partial<TokenUse>; plan: TokenCleanup }[] = [
  { rule: 'made by hand', use: { isListed: false }, plan: { do: 'keep' } },
  { rule: 'mounted', use: { isMounted: true }, plan: { do: 'keep' } },
  { rule: 'never used', plan: { do: 'invalidate' } },
  { rule: 'used a year ago', labels: { [lastUsed]: '2029-01-01' }, plan: { do: 'invalidate' } },
  { rule: 'used since', labels: { [lastUsed]: '2029-01-11' }, plan: { do: 'keep', lookAgainInMs: 10 * dayMs } },
  { rule: 'uses noted for less than a year', use: { trackedSince: '2029-01-02' }, plan: { do: 'keep', lookAgainInMs: dayMs } },
  { rule: 'invalid for a while', labels: { [invalidSince]: '2029-01-02' }, plan: { do: 'keep', lookAgainInMs: dayMs } },
  { rule: 'invalid for a year', labels: { [invalidSince]: '2029-01-01' }, plan: { do: 'delete' } },
  { rule: 'a label that is no day', labels: { [lastUsed]: 'yesterday' }, plan: { do: 'invalidate' } },
]

describe('[TS2] a token', () => {
  for (const { rule, labels = {}, use, plan } of cases) {
    test(`${rule}: ${plan.do}`, () => {
      const secret: Secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { ...metaOf('s'), creationTimestamp: '2020-01-01T00:00:00Z', labels },
      }
      assert.deepEqual(planTokenCleanup(secret, { ...listed, ...use }, nowMs), plan)
    })
  }
})
