import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import fc from 'fast-check'

import { addQuantities, canonicalQuantity, compareQuantities, formatQuantity, milliValueOf, parseQuantity, valueOf } from './quantity.ts'

describe('quantities', () => {
  const canonical: [given: string | number, expected: string][] = [
    ['1000m', '1'],
    ['0.5', '500m'],
    [0.1, '100m'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.1Ki', '102400m'],
    ['1000Ki', '1000Ki'],
    ['100k', '100k'],
    ['1000000', '1M'],
    ['1e3', '1e3'],
    ['1500e3', '1500e3'],
    ['-0.5', '-500m'],
    ['0', '0'],
    ['.5', '500m'],
    ['1.', '1'],
    ['0.0000000001', '1n'],
  ]
  for (const [given, expected] of canonical)
    test(`${given} is written as ${expected}`, () => assert.equal(canonicalQuantity(given), expected))

  for (const text of ['', '.', 'abc', '1 Gi', '1GiB', '--1', '1e', '0x1', '1e99999'])
    test(`${JSON.stringify(text)} is no quantity`, () => assert.equal(parseQuantity(text), undefined))

  test('values round up', () => {
    assert.equal(milliValueOf('1.0001'), 1001)
    assert.equal(valueOf('1500m'), 2)
    assert.equal(valueOf('1Gi'), 1_073_741_824)
  })

  test('the canonical text has the same value and is its own canonical text', () => {
    const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3')
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), suffix, (number, unit) => {
        const text = `${number}${unit}`
        const written = canonicalQuantity(text)
        assert.equal(compareQuantities(written, text), 0)
        assert.equal(canonicalQuantity(written), written)
      }),
    )
  })

  test('sums keep the format of the first', () => {
    assert.equal(addQuantities('512Mi', '512Mi'), '1Gi')
    assert.equal(addQuantities('250m', '750m'), '1')
    assert.equal(formatQuantity(parseQuantity('2e3')!), '2e3')
  })
})
