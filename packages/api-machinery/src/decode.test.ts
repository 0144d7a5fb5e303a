import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { decodeObject } from './decode.ts'
import { parseJson } from './json.ts'
import { missingFields } from './missing-fields.ts'
import type { SchemaSet } from './schema.ts'

const set: SchemaSet = {
  Thing: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string' },
      count: { type: 'integer', format: 'int32' },
      cpu: { type: 'string', format: 'quantity' },
      at: { type: 'string', format: 'date-time' },
      data: { type: 'string', format: 'byte' },
      port: { format: 'int-or-string' },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      parts: { type: 'array', items: { $ref: 'Thing' } },
      source: { $ref: 'Empty' },
      on: { type: 'boolean' },
      zeros: { $ref: 'Zeros', 'x-go-zero': 'absent' },
    },
  },
  Zeros: {
    type: 'object',
    properties: {
      text: { type: 'string', 'x-go-zero': 'absent' },
      port: { format: 'int-or-string', 'x-go-zero': 'absent' },
      pointer: { type: 'integer' },
      struct: { $ref: 'Empty', 'x-go-zero': 'absent' },
      always: { $ref: 'Written' },
    },
  },
  Written: {
    type: 'object',
    properties: {
      count: { type: 'integer', 'x-go-zero': 'written' },
      inner: { $ref: 'Inner', 'x-go-zero': 'absent' },
    },
  },
  Inner: { type: 'object', properties: { name: { type: 'string', 'x-go-zero': 'written' } } },
  Empty: { type: 'object', properties: {} },
}

function decode(value: Record<string, unknown>) {
  return decodeObject(value, { $ref: 'Thing' }, set)
}

describe('decoding', () => {
  test('nulls, empty lists and empty maps go; empty structures stay', () => {
    assert.deepEqual(decode({ name: null, labels: {}, parts: [], source: {} }).value, { source: {} })
  })

  test('[API-30] zeros of what Go cannot leave out go, or stand always; those of pointers are values', () => {
    assert.deepEqual(decode({ zeros: { text: '', port: 0, pointer: 0, struct: {} } }).value, { zeros: { pointer: 0 } })
    assert.deepEqual(decode({ zeros: { text: '', port: '' } }).value, {})
    assert.deepEqual(decode({ zeros: { text: '0', always: {} } }).value, {
      zeros: { text: '0', always: { count: 0, inner: { name: '' } } },
    })
    assert.deepEqual(decode({ zeros: { always: { count: 1, inner: {} } } }).value, { zeros: { always: { count: 1, inner: { name: '' } } } })
  })

  test('quantities and times become canonical', () => {
    const { value } = decode({ cpu: 0.1, at: '2026-01-02T03:04:05.678+01:00' })
    assert.deepEqual(value, { cpu: '100m', at: '2026-01-02T02:04:05Z' })
  })

  test('unknown fields are named with their path and removed', () => {
    const { value, unknownFields } = decode({ parts: [{ name: 'a', nmae: 'b' }], x: 1 })
    assert.deepEqual(unknownFields, ['parts[0].nmae', 'x'])
    assert.deepEqual(value, { parts: [{ name: 'a' }] })
  })

  const wrong: [value: Record<string, unknown>, message: RegExp][] = [
    [{ name: 1 }, /^name: cannot unmarshal number/],
    [{ count: '1' }, /^count: cannot unmarshal string/],
    [{ count: 1.5 }, /^count: cannot unmarshal number 1.5/],
    [{ count: 2 ** 31 }, /int32/],
    [{ count: 1e300 }, /^count/],
    [{ cpu: 'lots' }, /^cpu: "lots": quantities must match/],
    [{ at: 'yesterday' }, /^at: parsing time/],
    [{ data: 'not base64!' }, /^data: illegal base64/],
    [{ port: true }, /^port: cannot unmarshal bool/],
    [{ labels: { a: 1 } }, /^labels\.a: cannot unmarshal number/],
    [{ parts: {} }, /^parts: cannot unmarshal object into a value of type array/],
    [{ parts: [3] }, /^parts\[0\]: cannot unmarshal number/],
    [{ on: 'yes' }, /^on: cannot unmarshal string/],
  ]
  for (const [value, message] of wrong)
    test(`${JSON.stringify(value)} is of the wrong type`, () => assert.match(decode(value).typeErrors[0] ?? '', message))

  test('nesting without end is an error, not a crash', () => {
    const root: Record<string, unknown> = {}
    let at = root
    for (let i = 0; i < 500; i++) {
      const next: Record<string, unknown> = {}
      at['parts'] = [next]
      at = next
    }
    assert.match(decode(root).typeErrors[0] ?? '', /nested more than 100 levels/)
  })

  test('missing required fields are found inside lists', () => {
    assert.deepEqual(missingFields({ name: 'a', parts: [{}, { name: 'b' }] }, { $ref: 'Thing' }, set), ['parts[0].name'])
  })
})

describe('JSON', () => {
  test('keys that stand twice are named with their path', () => {
    assert.deepEqual(parseJson('{"a":{"b":1,"b":2},"c":[{"d":1},{"d":1,"d":2}],"e":"\\"x\\":"}').duplicateKeys, ['a.b', 'c[1].d'])
    assert.deepEqual(parseJson('{"a":"{\\"b\\":1}","b":[]}').duplicateKeys, [])
  })

  test('malformed text and deep nesting are bad requests', () => {
    assert.throws(() => parseJson('{"a":'), /invalid JSON/)
    assert.throws(() => parseJson('['.repeat(100_000) + ']'.repeat(100_000)), /nested more than/)
  })
})
