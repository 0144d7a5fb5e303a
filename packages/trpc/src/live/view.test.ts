import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { pods } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import fc from 'fast-check'

import { Row } from './row.ts'
import { View } from './view.ts'

let revision = 0

function rowOf(name: string, phase: string): Row {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'a', uid: name, resourceVersion: String(++revision), creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [] },
    status: { phase },
  } as KubeObject
  return new Row(pods, { key: { resource: 'pods', namespace: 'a', name }, uid: name, revision, object, json: '' })
}

const names = (rows: readonly Row[]): string[] => rows.map((row) => row.name)

const operation = fc.record({
  name: fc.integer({ min: 0, max: 30 }).map((n) => `pod-${n}`),
  phase: fc.constantFrom('Running', 'Pending', 'Failed', undefined),
})

describe('a view', () => {
  for (const column of ['Name', 'State']) {
    test(`kept up to date by ${column} is what sorting everything again gives`, () => {
      fc.assert(
        fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
          const filter = (row: Row): boolean => row.state?.text !== 'Failed'
          const view = new View(column, filter)
          const rows = new Map<string, Row>()
          for (const { name, phase } of operations) {
            const before = rows.get(name)
            const after = phase === undefined ? undefined : rowOf(name, phase)
            if (after) rows.set(name, after)
            else rows.delete(name)
            view.replace(before, after)
          }
          const fresh = new View(column, filter)
          fresh.fill(rows.values(), { isOrdered: false })
          assert.deepEqual(names(view.rows), names(fresh.rows))
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
      { isOrdered: false },
    )
    assert.deepEqual(names(view.slice(1, 2, false)), ['b', 'c'])
    assert.deepEqual(names(view.slice(0, 3, true)), ['d', 'c', 'b'])
    assert.deepEqual(names(view.slice(3, 5, true)), ['a'])
  })
})
