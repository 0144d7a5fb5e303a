import assert from 'node:assert/strict'
import { test } from 'node:test'

import { latencyText, rateText } from './figure-text.ts'

test('latencies are in the unit that reads best', () => {
  const cases: [seconds: number | null, text: string][] = [
    [null, '–'],
    [0.0000002, '1 µs'],
    [0.00025, '250 µs'],
    [0.0025, '2.5 ms'],
    [0.25, '250 ms'],
    [2.54, '2.5 s'],
    [60, '60 s'],
  ]
  for (const [seconds, text] of cases) assert.equal(latencyText(seconds), text)
})

test('rates are exact where they are small, and whole where they are large', () => {
  assert.deepEqual([null, 0, 0.25, 12.34, 1234.5].map(rateText), ['–', '0', '0.3', '12.3', '1,235'])
})
