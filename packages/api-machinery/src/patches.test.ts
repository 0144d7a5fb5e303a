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

  const invalidPatches: [what: string, operations: unknown[]][] = [
    ['a failed test', [{ op: 'test', path: '/a', value: 2 }]],
    ['a removal of what is not there', [{ op: 'remove', path: '/x' }]],
    ['a path through what is not there', [{ op: 'replace', path: '/x/y', value: 1 }]],
    ['a path through a string', [{ op: 'add', path: '/s/y', value: 1 }]],
    ['an unknown operation', [{ op: 'explode', path: '/a' }]],
    ['no path', [{ op: 'add' }]],
    ['a path without a leading slash', [{ op: 'add', path: 'a', value: 1 }]],
    ['a path of two steps without a leading slash', [{ op: 'add', path: 'o/b', value: 1 }]],
    ['a from without a leading slash', [{ op: 'copy', from: 'a', path: '/b' }]],
    ['no from', [{ op: 'move', path: '/b' }]],
    ['the whole document removed', [{ op: 'remove', path: '' }]],
    ['the whole document copied', [{ op: 'copy', from: '', path: '/b' }]],
    ['the whole document replaced by a number', [{ op: 'replace', path: '', value: 1 }]],
    ['a move into its own child', [{ op: 'move', from: '/o', path: '/o/child' }]],
    ...['3', '-4', '1.5', 'x', '', '9'.repeat(400), '1e3', '-'].map((index): [string, unknown[]] => [
      `a replacement at the index ${index.slice(0, 10)}`,
      [{ op: 'replace', path: `/l/${index}`, value: 1 }],
    ]),
    ['an index beyond the end', [{ op: 'add', path: '/l/4', value: 1 }]],
    ['nesting that is too deep', [{ op: 'add', path: '/x', value: JSON.parse('['.repeat(1500) + ']'.repeat(1500)) }]],
  ]
  for (const [what, operations] of invalidPatches)
    test(`[API-31] ${what} is Invalid`, () =>
      assert.throws(
        () => applyJsonPatch({ a: 1, s: 'text', o: {}, l: [1, 2, 3] }, operations),
        (error) => isApiError(error, 'Invalid') && error.message.length < 1000,
      ))

  for (const [what, operations, result] of [
    ['an index with a leading zero', [{ op: 'replace', path: '/l/01', value: 5 }], { l: [1, 5, 3] }],
    ['an index from the end', [{ op: 'remove', path: '/l/-1' }], { l: [1, 2] }],
    ['the end of a list', [{ op: 'add', path: '/l/-', value: 4 }], { l: [1, 2, 3, 4] }],
    ['a key that is not there replaced', [{ op: 'replace', path: '/x', value: 4 }], { l: [1, 2, 3], x: 4 }],
    ['an escaped key', [{ op: 'add', path: '/~01~1', value: 4 }], { l: [1, 2, 3], '~1/': 4 }],
    [
      'a copy that is changed',
      [
        { op: 'copy', from: '/l', path: '/m' },
        { op: 'remove', path: '/m/0' },
      ],
      { l: [1, 2, 3], m: [2, 3] },
    ],
    [
      'the whole document',
      [
        { op: 'test', path: '', value: { l: [1, 2, 3] } },
        { op: 'replace', path: '', value: { y: 1 } },
      ],
      { y: 1 },
    ],
  ] as const)
    test(`[API-31] ${what} is as in Kubernetes`, () => assert.deepEqual(applyJsonPatch({ l: [1, 2, 3] }, operations), result))

  test('what is no patch is a bad request', () => {
    for (const patch of [
      {},
      'x',
      null,
      [1],
      [null],
      [[]],
      [{ op: 1, path: '/a' }],
      [{ op: 'add', path: 1 }],
      [{ op: 'copy', path: '/a', from: {} }],
    ])
      assert.throws(
        () => applyJsonPatch({ a: 1 }, patch),
        (error) => isApiError(error, 'BadRequest'),
      )
  })

  test('[API-31] copies that add up to more than 3 MiB are refused before they are made', () => {
    const doublings = Array.from({ length: 30 }, (_, i) => ({ op: 'copy', from: '/data', path: `/data/c${i}` }))
    assert.throws(
      () => applyJsonPatch({ data: { a: 'x'.repeat(100) } }, doublings),
      (error) =>
        isApiError(error, 'Invalid') && /accumulated size increase of copy is \d+, exceeding the limit 3145728/.test(error.message),
    )
  })

  test('[API-31] more than 10,000 operations are refused, and so is work without end', () => {
    const many = (length: number, operation: object): object[] => Array.from({ length }, () => operation)
    const list = { l: Array.from({ length: 500_000 }, () => 1) }
    const large = { o: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])) }
    const isRefused = (error: unknown): boolean => isApiError(error, 'RequestEntityTooLarge')
    assert.throws(() => applyJsonPatch({}, many(10_001, { op: 'add', path: '/a', value: 1 })), isRefused)
    assert.throws(() => applyJsonPatch(list, many(10_000, { op: 'add', path: '/l/0', value: 1 })), isRefused)
    assert.throws(() => applyJsonPatch(list, many(10_000, { op: 'move', from: '/l/0', path: '/l/-' })), isRefused)
    assert.throws(() => applyJsonPatch(large, many(9_000, { op: 'test', path: '/o', value: {} })), /too much work|failed/)
  })

  test('[API-31] whatever the patch says, it applies to a copy or is refused', () => {
    const step = fc.constantFrom('a', 'b', '0', '1', '-', '-1', '01', '__proto__', 'constructor', 'toString', 'length', '~0', '')
    const pointer = fc.oneof(
      fc.array(step, { maxLength: 4 }).map((steps) => steps.map((s) => `/${s}`).join('')),
      fc.string(),
    )
    const operation = fc.record(
      {
        op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
        path: pointer,
        from: pointer,
        value: fc.jsonValue(),
      },
      { requiredKeys: ['op', 'path'] },
    )
    const target = { a: { b: [1, { a: 2 }, 'x'] }, b: [[1], {}], __proto: null }
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 8 }), (operations) => {
        const before = JSON.stringify([target, operations])
        try {
          JSON.stringify(applyJsonPatch(target, operations))
        } catch (error) {
          assert.ok(isApiError(error), String(error))
        }
        assert.equal(JSON.stringify([target, operations]), before)
        assert.equal(({} as Record<string, unknown>)['polluted'] ?? Object.keys(Object.prototype).length, 0)
      }),
      { numRuns: 1000 },
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

  const malformed: [what: string, target: Record<string, unknown>, patch: unknown][] = [
    ['a $patch that is a number', {}, { $patch: 5 }],
    ['a $patch of merge', {}, { $patch: 'merge' }],
    ['a $patch of merge in a list', {}, { containers: [{ $patch: 'merge', name: 'a' }] }],
    ['an unknown $patch in a list', {}, { containers: [{ $patch: 'explode', name: 'a' }] }],
    ['a deletion without a key', { containers }, { containers: [{ $patch: 'delete' }] }],
    ['$retainKeys that is no list', {}, { strategy: { $retainKeys: 'type' } }],
    ['a field that is not to be retained', {}, { strategy: { $retainKeys: ['type'], other: 1 } }],
    ['$setElementOrder that is no list', { containers }, { '$setElementOrder/containers': { name: 'a' } }],
    ['$setElementOrder of no list', { strategy: {} }, { '$setElementOrder/strategy': ['a'] }],
    ['$setElementOrder of an unknown field', {}, { '$setElementOrder/nothing': [] }],
    ['$setElementOrder without keys', { containers }, { '$setElementOrder/containers': ['a'] }],
    [
      '$setElementOrder that the patch does not follow',
      { containers },
      { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'z', image: 'x'.repeat(10_000) }] },
    ],
    ['$deleteFromPrimitiveList that is no list', { finalizers: ['a'] }, { '$deleteFromPrimitiveList/finalizers': 'a' }],
    ['an element that is no object', { containers }, { containers: ['x'.repeat(10_000)] }],
    ['nesting that is too deep', {}, { strategy: JSON.parse('{"a":'.repeat(2000) + '1' + '}'.repeat(2000)) as unknown }],
  ]
  for (const [what, target, patch] of malformed)
    test(`[API-32] ${what} is a bad request`, () =>
      assert.throws(
        () => strategic(target, patch),
        (error) => isApiError(error, 'BadRequest') && error.message.length < 1000,
      ))

  test('[API-32] keys of a prototype are keys like any other', () => {
    const patch = JSON.parse(
      '{"labels":{"__proto__":{"a":"1"},"constructor":{"prototype":{"polluted":1}}},"constructor":{"b":1}}',
    ) as unknown
    for (const result of [strategic({ labels: {} }, patch), applyMergePatch({ labels: {} }, patch) as Record<string, unknown>])
      assert.equal(JSON.stringify(result), JSON.stringify(patch))
    assert.equal(({} as Record<string, unknown>)['a'] ?? ({} as Record<string, unknown>)['polluted'], undefined)
  })

  test('[API-32] lists of 50,000 elements are merged, ordered and deleted from in time that grows with their length', () => {
    const names = Array.from({ length: 50_000 }, (_, i) => `n${i}`)
    const many = names.map((name) => ({ name }))
    const changed = many.map((element) => ({ ...element, image: 'x' })).toReversed()
    const started = performance.now()
    assert.deepEqual(strategic({ containers: many }, { containers: changed, '$setElementOrder/containers': changed }), {
      containers: changed,
    })
    assert.deepEqual(strategic({ finalizers: names }, { finalizers: names.toReversed() }), { finalizers: names.toReversed() })
    assert.deepEqual(strategic({ finalizers: names }, { '$deleteFromPrimitiveList/finalizers': names }), { finalizers: [] })
    assert.deepEqual(strategic({ containers: many }, { containers: many.map((element) => ({ ...element, $patch: 'delete' })) }), {
      containers: [],
    })
    const retained = Object.fromEntries(names.map((name) => [name, 1]))
    assert.deepEqual(strategic({ strategy: retained }, { strategy: { $retainKeys: names } }), { strategy: retained })
    assert.ok(performance.now() - started < 5_000)
  })

  test('[API-32] one element that is merged over and over is refused once it costs too much', () => {
    const labels = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, '1']))
    const again = Array.from({ length: 50_000 }, () => ({ name: 'a', labels: { x: '1' } }))
    assert.throws(
      () => strategic({ containers: [{ name: 'a', labels }] }, { containers: again }),
      (error) => isApiError(error, 'RequestEntityTooLarge'),
    )
  })

  test('[API-32] whatever the patch says, it is applied or refused, and nothing is changed in place', () => {
    const name = fc.constantFrom('containers', 'finalizers', 'strategy', 'labels', 'args', 'name', 'image', '__proto__', 'constructor')
    const key = fc.oneof(
      name,
      fc.constantFrom('$patch', '$retainKeys'),
      name.map((of) => `$setElementOrder/${of}`),
      name.map((of) => `$deleteFromPrimitiveList/${of}`),
    )
    const { any } = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>(null, 0, 'a', 'replace', 'delete', true),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any'), { maxKeys: 4 }),
      ),
    }))
    const target = { containers, finalizers: ['a', 'b'], strategy: { type: 'x' }, labels: { a: '1' } }
    fc.assert(
      fc.property(any, (patch) => {
        const before = JSON.stringify([target, patch])
        try {
          JSON.stringify(strategic(target, patch))
          JSON.stringify(applyMergePatch(target, patch))
        } catch (error) {
          assert.ok(isApiError(error), String(error))
        }
        assert.equal(JSON.stringify([target, patch]), before)
      }),
      { numRuns: 1000 },
    )
  })
})

test('[API-32] a merge patch that is nested too deeply is a bad request', () => {
  const deep = JSON.parse('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)) as unknown
  assert.throws(
    () => applyMergePatch({}, deep),
    (error) => isApiError(error, 'BadRequest'),
  )
})
