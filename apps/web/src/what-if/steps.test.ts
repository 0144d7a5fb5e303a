import assert from 'node:assert/strict'
import { test } from 'node:test'

import { stepsIn, stepText, whatIfHref, type WhatIfStep } from './steps.ts'

test('a question survives its address', () => {
  const steps: WhatIfStep[] = [
    { action: 'drain', node: 'n1' },
    { action: 'scale', kind: 'Deployment', namespace: 'a', name: 'b&c', replicas: 3 },
  ]
  assert.deepEqual(stepsIn(new URL(whatIfHref(steps), 'http://page').searchParams), steps)
  assert.deepEqual(steps.map(stepText), ['Drain node n1', 'Scale Deployment a/b&c to 3'])
  for (const text of ['{', '7', '[null]']) assert.deepEqual(stepsIn(new URLSearchParams({ steps: text })), [], text)
})
