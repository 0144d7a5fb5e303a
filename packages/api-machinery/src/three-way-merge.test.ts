import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Schema } from './schema.ts'
import { threeWayMerge } from './three-way-merge.ts'

const byKeys = (...keys: string[]): Schema => ({
  type: 'array',
  items: { type: 'object', properties: { inner: { type: 'array', 'x-kubernetes-list-type': 'set' } } },
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
})
const schema: Schema = {
  properties: {
    ports: byKeys('port', 'protocol'),
    containers: byKeys('name'),
    finalizers: { type: 'array', 'x-kubernetes-list-type': 'set' },
    args: { type: 'array' },
    selector: { 'x-kubernetes-map-type': 'atomic', additionalProperties: {} },
    labels: { additionalProperties: {} },
  },
}
const merge = (live: object, previous: object | undefined, next: object) =>
  threeWayMerge({ live: live as Record<string, unknown>, previous, next: next as Record<string, unknown> }, schema, {})

const cases: [what: string, live: object, previous: object | undefined, next: object, result: object][] = [
  [
    'what others added stays',
    { labels: { a: '1', theirs: '2' } },
    { labels: { a: '1' } },
    { labels: { a: '1' } },
    { labels: { a: '1', theirs: '2' } },
  ],
  ['what is left out goes', { labels: { a: '1', b: '2' } }, { labels: { a: '1', b: '2' } }, { labels: { a: '3' } }, { labels: { a: '3' } }],
  [
    'null is left out, too',
    { labels: { a: '1', b: '2' } },
    { labels: { a: '1', b: '2' } },
    { labels: { a: '1', b: null } },
    { labels: { a: '1' } },
  ],
  [
    'without an earlier apply nothing goes',
    { labels: { a: '1', b: '2' } },
    undefined,
    { labels: { a: '3' } },
    { labels: { a: '3', b: '2' } },
  ],
  ['an atomic map is replaced', { selector: { a: '1', b: '2' } }, undefined, { selector: { c: '3' } }, { selector: { c: '3' } }],
  ['a plain list is replaced', { args: ['a', 'b'] }, undefined, { args: ['c'] }, { args: ['c'] }],
  [
    'a set keeps what others put in',
    { finalizers: ['theirs', 'gone', 'mine'] },
    { finalizers: ['gone', 'mine'] },
    { finalizers: ['mine', 'new'] },
    { finalizers: ['theirs', 'mine', 'new'] },
  ],
  [
    'elements are found by their keys and keep what was filled in',
    { containers: [{ name: 'a', image: 'x', policy: 'Always' }, { name: 'sidecar' }] },
    { containers: [{ name: 'a', image: 'x' }] },
    { containers: [{ name: 'a', image: 'y' }] },
    { containers: [{ name: 'a', image: 'y', policy: 'Always' }, { name: 'sidecar' }] },
  ],
  [
    'an element that is left out goes, and a new one comes last',
    { containers: [{ name: 'a' }, { name: 'b' }] },
    { containers: [{ name: 'a' }, { name: 'b' }] },
    { containers: [{ name: 'b' }, { name: 'c' }] },
    { containers: [{ name: 'b' }, { name: 'c' }] },
  ],
  [
    'elements come in the order that is asked for',
    { containers: [{ name: 'a', n: 1 }, { name: 'b', n: 2 }, { name: 'theirs' }] },
    undefined,
    { containers: [{ name: 'b' }, { name: 'a' }] },
    { containers: [{ name: 'b', n: 2 }, { name: 'a', n: 1 }, { name: 'theirs' }] },
  ],
  [
    'one port with two protocols is two ports, one of them by default',
    {
      ports: [
        { port: 53, protocol: 'UDP', nodePort: 1 },
        { port: 53, protocol: 'TCP', nodePort: 2 },
      ],
    },
    undefined,
    { ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] },
    {
      ports: [
        { port: 53, protocol: 'UDP', nodePort: 1 },
        { port: 53, protocol: 'TCP', nodePort: 2 },
      ],
    },
  ],
]

for (const [what, live, previous, next, result] of cases) test(`[T4] ${what}`, () => assert.deepEqual(merge(live, previous, next), result))

test('keys of the prototype are keys like others', () => {
  const next = JSON.parse('{"labels":{"__proto__":"x","constructor":"y"}}') as object
  const merged = merge({ labels: {} }, undefined, next) as { labels: object }
  assert.equal(Object.getPrototypeOf(merged.labels), Object.prototype)
  assert.equal(({} as { x?: unknown }).x, undefined)
})
