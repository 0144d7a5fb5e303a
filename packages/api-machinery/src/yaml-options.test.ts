import assert from 'node:assert/strict'
import { test } from 'node:test'

import fc from 'fast-check'
import { parse, stringify } from 'yaml'

import { yamlReading, yamlWriting } from './yaml-options.ts'

const read: readonly [text: string, value: unknown][] = [
  ['0644', 0o644],
  ['0o644', 0o644],
  ['0x1F', 31],
  ['1_000', 1000],
  ['yes', true],
  ['Off', false],
  ['~', null],
  ['1e3', 1000],
  ['2026-01-02', '2026-01-02'],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
  ['8080:80', '8080:80'],
  ['1:30', '1:30'],
  ['1.2.3', '1.2.3'],
  ['"yes"', 'yes'],
  ['100m', '100m'],
]

for (const [text, value] of read)
  test(`[Y1] ${text} is read as ${JSON.stringify(value)}`, () => assert.deepEqual(parse(`a: ${text}`, yamlReading), { a: value }))

test('[Y1] anchors are merged into maps', () => {
  assert.deepEqual(parse('a: &a {b: 1}\nc: {<<: *a, d: 2}', yamlReading), { a: { b: 1 }, c: { b: 1, d: 2 } })
})

test('[Y2] strings that are written are read as the same strings, by YAML 1.1 and by YAML 1.2', () => {
  const confusing = fc.constantFrom(
    'yes',
    'n',
    'OFF',
    '0644',
    '1:30',
    '2026-01-02',
    '1_0',
    '0b1',
    '<<',
    '~',
    '=',
    '.5',
    '0o7',
    ' x',
    'a: b',
  )
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(confusing, fc.string())), (object) => {
      const expected = { ...object }
      const text = stringify(object, yamlWriting)
      assert.deepEqual({ ...(parse(text, yamlReading) as object) }, expected)
      assert.deepEqual({ ...(parse(text) as object) }, expected)
    }),
  )
})
