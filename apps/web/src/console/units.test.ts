import assert from 'node:assert/strict'
import { test } from 'node:test'

import { numberOf } from './units.ts'

test('quantities of every form are numbers that can be drawn', () => {
  const cases: [quantity: string, amount: number][] = [
    ['3', 3],
    ['1.5', 1.5],
    ['250m', 0.25],
    ['1500000000n', 1.5],
    ['2Ki', 2048],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['10k', 10_000],
    ['12e3', 12_000],
    ['1E', 1e18],
    ['', 0],
    ['lots', 0],
  ]
  for (const [quantity, amount] of cases) assert.equal(numberOf(quantity), amount, quantity)
})
