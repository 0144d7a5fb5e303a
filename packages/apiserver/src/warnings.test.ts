import assert from 'node:assert/strict'
import { test } from 'node:test'

import { boundedWarnings, warningHeaders } from './warnings.ts'

const runes = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + Array.from(text).length, 0)

test('[API-35] warnings are told once, and whole as long as they have 4,096 runes together', () => {
  assert.deepEqual(boundedWarnings(['a', '', 'b', 'a']), ['a', 'b'])
  const long = ['x'.repeat(4000), '☃'.repeat(96)]
  assert.deepEqual(boundedWarnings(long), long)
})

test('[API-35] past that each is cut to 256 runes, and the rest is left out', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => `unknown field "spec.f${i}"`)
  const kept = boundedWarnings(many)
  assert.ok(kept.length < 200)
  assert.ok(runes(kept) < 4096 + 256)
  assert.deepEqual(boundedWarnings(['x'.repeat(3_000_000), '𝄞'.repeat(5000), 'z']), ['x'.repeat(256), '𝄞'.repeat(256), 'z'])
})

test('[API-35] a header carries any text but control characters', () => {
  assert.deepEqual(warningHeaders(['unknown field "a\\b"', 'ünknown ☃', 'line\nend']), [
    '299 - "unknown field \\"a\\\\b\\""',
    Buffer.from('299 - "ünknown ☃"').toString('latin1'),
  ])
})
