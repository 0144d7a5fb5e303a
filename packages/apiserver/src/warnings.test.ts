import assert from 'node:assert/strict'
import { test } from 'node:test'

import { boundedWarnings } from './warnings.ts'

test('[A14] warnings are told once, and few enough for headers', () => {
  assert.deepEqual(boundedWarnings(['a', 'b', 'a']), ['a', 'b'])
  const long = Array.from({ length: 10 }, (_, i) => `${i}`.padEnd(400, 'x'))
  assert.deepEqual(boundedWarnings(long), long)
  const many = boundedWarnings(Array.from({ length: 100_000 }, (_, i) => `${i} ${'é'.repeat(300)}`))
  assert.ok(many.join('').length <= 4096 && many.length > 10)
  assert.ok(many.every(({ length }) => length <= 256))
})
