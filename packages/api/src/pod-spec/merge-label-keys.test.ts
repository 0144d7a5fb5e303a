import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { mergeLabelKeys } from './merge-label-keys.ts'

describe('label keys of a new pod', () => {
  test('[SC23] become requirements of the selectors beside them, if the pod has the labels', () => {
    const term = {
      topologyKey: 'zone',
      labelSelector: { matchLabels: { app: 'web' } },
      matchLabelKeys: ['hash', 'absent'],
      mismatchLabelKeys: ['tenant'],
    }
    const constraint = { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: {}, matchLabelKeys: ['hash'] }
    const spec = {
      containers: [],
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
      topologySpreadConstraints: [constraint],
    }
    mergeLabelKeys(spec, { hash: 'abc', tenant: 't1' })
    assert.deepEqual(term.labelSelector, {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'hash', operator: 'In', values: ['abc'] },
        { key: 'tenant', operator: 'NotIn', values: ['t1'] },
      ],
    })
    assert.deepEqual(constraint.labelSelector, { matchExpressions: [{ key: 'hash', operator: 'In', values: ['abc'] }] })
  })
})
