import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pods, type Pod } from '@quarterdeck/api'

import { restartsSortKey } from './aging-columns.ts'
import { columnsOf } from './columns.ts'

function restartsOf(restartCount: number, finishedAt?: string): string {
  const lastState = finishedAt ? { terminated: { exitCode: 1, finishedAt } } : {}
  const container = { name: 'c', image: 'i', imageID: '', ready: true, restartCount, state: { running: {} }, lastState }
  const pod = {
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
    status: { phase: 'Running', containerStatuses: [container] },
  } as unknown as Pod
  return String(
    columnsOf(pods)
      .find(({ name }) => name === 'Restarts')!
      .value(pod, 0),
  )
}

test('restarts come with the time of the last, so that it can age, and sort by their number', () => {
  assert.equal(restartsOf(0), '0/')
  assert.equal(restartsOf(12, '2026-01-01T00:00:00Z'), '12/2026-01-01T00:00:00Z')
  assert.deepEqual(
    ['3/2026-01-01T00:00:00Z', '12/', '0/'].toSorted((a, b) => restartsSortKey(a) - restartsSortKey(b)),
    ['0/', '3/2026-01-01T00:00:00Z', '12/'],
  )
})
