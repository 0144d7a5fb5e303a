import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pods } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import fc from 'fast-check'

import { compareRows } from './order.ts'
import { Row } from './row.ts'
import { View } from './view.ts'

let revision = 0

function rowOf(name: string, phase: string, namespace = 'a'): Row {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `${namespace}/${name}`,
      resourceVersion: String(++revision),
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { containers: [] },
    status: { phase },
  } as KubeObject
  return new Row(pods, { key: { resource: 'pods', namespace, name }, uid: `${namespace}/${name}`, revision, object, json: '' })
}

const names = (rows: readonly Row[]): string[] => rows.map((row) => row.name)
const paths = (rows: readonly Row[]): string[] => rows.map((row) => `${row.namespace}/${row.name}`)

const operation = fc.record({
  // Of one place in the order of people, and of two in that of texts.
  name: fc.oneof(
    fc.integer({ min: 0, max: 30 }).map((n) => `pod-${n}`),
    fc.integer({ min: 0, max: 12 }).map((n) => `pod-0${n}`),
  ),
  namespace: fc.constantFrom('a', 'b'),
  phase: fc.constantFrom('Running', 'Pending', 'Failed', undefined),
})

describe('a view', () => {
  for (const column of ['Name', 'Namespace', 'State', 'Restarts', 'Age', 'None']) {
    test(`kept up to date by ${column} is what sorting everything again gives`, () => {
      fc.assert(
        fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
          const filter = (row: Row): boolean => row.state?.text !== 'Failed'
          const view = new View(column, filter)
          const rows = new Map<string, Row>()
          for (const { name, namespace, phase } of operations) {
            const path = `${namespace}/${name}`
            const before = rows.get(path)
            const after = phase === undefined ? undefined : rowOf(name, phase, namespace)
            if (after) rows.set(path, after)
            else rows.delete(path)
            view.replace(before, after)
          }
          const fresh = new View(column, filter)
          fresh.fill(rows.values(), 'none')
          assert.deepEqual(paths(view.rows), paths(fresh.rows))
          assert.deepEqual(paths(fresh.rows), paths([...rows.values()].filter(filter).toSorted((a, b) => compareRows(a, b, column))))
          const byName = new View('Name', undefined)
          byName.fill(rows.values(), 'none')
          const derived = new View(column, filter)
          derived.fill(byName.rows, 'name')
          assert.deepEqual(paths(derived.rows), paths(fresh.rows))
          const counts = (v: View): unknown => v.states().toSorted((a, b) => (a.text < b.text ? -1 : 1))
          assert.deepEqual(counts(view), counts(fresh))
        }),
      )
    })
  }
  test('gives any part of itself, from either end', () => {
    const view = new View('Name', undefined)
    view.fill(
      ['c', 'a', 'd', 'b'].map((name) => rowOf(name, 'Running')),
      'none',
    )
    assert.deepEqual(names(view.slice(1, 2, false)), ['b', 'c'])
    assert.deepEqual(names(view.slice(0, 3, true)), ['d', 'c', 'b'])
    assert.deepEqual(names(view.slice(3, 5, true)), ['a'])
  })
})
