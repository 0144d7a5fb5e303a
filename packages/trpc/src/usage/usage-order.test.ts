import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pods } from '@quarterdeck/api'

import type { Row } from '../live/row.ts'
import type { UsageBoard } from './usage-board.ts'
import { sliceByUsage } from './usage-order.ts'

test('[DB9] rows are ordered by what they use now, those of which nothing is known last', () => {
  const amounts: Record<string, number | undefined> = { a: 5, b: undefined, c: 9, d: 5 }
  const rows = Object.keys(amounts).map((uid) => ({ kind: pods, stored: { uid } }) as unknown as Row)
  const board = {
    ofPod: (uid: string) => (amounts[uid] === undefined ? undefined : { cpuMillis: amounts[uid], memoryBytes: 1 }),
  } as unknown as UsageBoard
  const uids = (descending: boolean, offset = 0) =>
    sliceByUsage(rows, board, { column: 'CPU', descending, offset, limit: 3 })
      .map(({ stored }) => stored.uid)
      .join('')
  assert.equal(uids(true), 'cad')
  assert.equal(uids(false), 'adc')
  assert.equal(uids(true, 2), 'db')
})
