import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import fc from 'fast-check'

import { isApiError } from './api-error.ts'
import { applyJsonPatch } from './json-patch.ts'
import { applyMergePatch } from './merge-patch.ts'
import type { SchemaSet } from './schema.ts'
import { applyStrategicMergePatch } from './strategic-merge-patch.ts'

describe('JSON merge patch', () => {
  // The examples of RFC 7396, appendix A.
  const cases: [target: unknown, patch: unknown, result: unknown][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ]
  for (const [target, patch, result] of cases)
    test(`${JSON.stringify(target)} + ${JSON.stringify(patch)}`, () => assert.deepEqual(applyMergePatch(target, patch), result))

  test('applying a patch twice is applying it once', () => {
    fc.assert(
      fc.property(fc.object(), fc.object(), (target, patch) =>
        assert.deepEqual(applyMergePatch(applyMergePatch(target, patch), patch), applyMergePatch(target, patch)),
      ),
    )
  })
})

describe('JSON patch', () => {
  test('operations apply in order to a copy', () => {
    const target = { a: [1, 2], b: { c: 1 } }
    const patched = applyJsonPatch(target, [
      { op: 'test', path: '/b/c', value: 1 },
      { op: 'add', path: '/a/-', value: 3 },
      { op: 'remove', path: '/b/c' },
      { op: 'move', from: '/a/0', path: '/b/d' },
    ])
    assert.deepEqual(patched, { a: [2, 3], b: { d: 1 } })
    assert.deepEqual(target, { a: [1, 2], b: { c: 1 } })
  })

  test('a failed test or a missing path is Invalid', () => {
    for (const patch of [
      [{ op: 'test', path: '/a', value: 2 }],
      [{ op: 'remove', path: '/x' }],
      [{ op: 'replace', path: '/x/y', value: 1 }],
    ]) {
      assert.throws(
        () => applyJsonPatch({ a: 1 }, patch),
        (error) => isApiError(error, 'Invalid'),
      )
    }
  })

  test('what is no patch is a bad request', () => {
    for (const patch of [{}, 'x', [1], [{ op: 'explode', path: '/a' }], [{ op: 'add' }]])
      assert.throws(
        () => applyJsonPatch({ a: 1 }, patch),
        (error) => isApiError(error, 'BadRequest'),
      )
  })

  test('the prototype cannot be reached', () => {
    try {
      applyJsonPatch({}, [{ op: 'add', path: '/__proto__/polluted', value: true }])
    } catch {}
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
  })
})

const set: SchemaSet = {
  Pod: {
    type: 'object',
    properties: {
      containers: {
        type: 'array',
        items: { $ref: 'Container' },
        'x-kubernetes-patch-merge-key': 'name',
        'x-kubernetes-patch-strategy': 'merge',
      },
      finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-patch-strategy': 'merge' },
      args: { type: 'array', items: { type: 'string' } },
      strategy: { type: 'object', properties: {} },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
    },
  },
  Container: { type: 'object', properties: { name: { type: 'string' }, image: { type: 'string' } } },
}

function strategic(target: Record<string, unknown>, patch: unknown): unknown {
  return applyStrategicMergePatch(target, patch, { $ref: 'Pod' }, set)
}

describe('strategic merge patch', () => {
  const containers = [
    { name: 'a', image: '1' },
    { name: 'b', image: '2' },
  ]
  const cases: [what: string, target: Record<string, unknown>, patch: unknown, result: unknown][] = [
    [
      'merges lists by their key',
      { containers },
      { containers: [{ name: 'b', image: '3' }, { name: 'c' }] },
      { containers: [{ name: 'a', image: '1' }, { name: 'b', image: '3' }, { name: 'c' }] },
    ],
    ['puts what is new first', { containers }, { containers: [{ name: 'c' }] }, { containers: [{ name: 'c' }, ...containers] }],
    [
      'keeps what is new in its place beside what the patch names, too',
      { containers },
      { containers: [{ name: 'a', image: '3' }, { name: 'c' }] },
      { containers: [{ name: 'a', image: '3' }, { name: 'c' }, containers[1]] },
    ],
    ['deletes an element', { containers }, { containers: [{ $patch: 'delete', name: 'a' }] }, { containers: [{ name: 'b', image: '2' }] }],
    ['replaces a list', { containers }, { containers: [{ $patch: 'replace' }, { name: 'z' }] }, { containers: [{ name: 'z' }] }],
    ['replaces lists without a key', { args: ['a'] }, { args: ['b'] }, { args: ['b'] }],
    ['unites lists of plain values', { finalizers: ['a'] }, { finalizers: ['b', 'a'] }, { finalizers: ['b', 'a'] }],
    ['removes plain values', { finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
    [
      'orders as asked',
      { containers },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [] },
      { containers: [containers[1], containers[0]] },
    ],
    [
      'orders as asked, what is not named staying before what it was before',
      { finalizers: ['a', 'x', 'b'] },
      { '$setElementOrder/finalizers': ['b', 'a'] },
      { finalizers: ['x', 'b', 'a'] },
    ],
    ['removes a field with null', { labels: { a: '1', b: '2' } }, { labels: { a: null } }, { labels: { b: '2' } }],
    ['replaces a map', { labels: { a: '1' } }, { labels: { $patch: 'replace', b: '2' } }, { labels: { b: '2' } }],
    [
      'retains only the named keys',
      { strategy: { type: 'x', rolling: 1 } },
      { strategy: { $retainKeys: ['type'], type: 'y' } },
      { strategy: { type: 'y' } },
    ],
  ]
  for (const [what, target, patch, result] of cases) test(what, () => assert.deepEqual(strategic(target, patch), result))

  test('an element without its key and an unknown directive are bad requests', () => {
    assert.throws(() => strategic({}, { containers: [{ image: 'x' }] }), /does not contain declared merge key: name/)
    assert.throws(() => strategic({}, { $patch: 'explode' }), /Unknown patch type/)
    assert.throws(
      () => strategic({}, []),
      (error) => isApiError(error, 'BadRequest'),
    )
  })
})
