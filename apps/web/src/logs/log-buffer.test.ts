import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { LogBatch } from '@quarterdeck/trpc'

import { emptyLog, takeBatch, type LogState } from './log-buffer.ts'

const batchOf = (...lines: [pod: string, second: number, text?: string][]): LogBatch => ({
  lines: lines.map(([pod, second, text = `${pod}${second}`]) => ({
    pod,
    container: 'c',
    time: `2026-01-01T00:00:0${second}.000000000Z`,
    text,
  })),
  notices: [],
})
const taken = (...batches: LogBatch[]): LogState => batches.reduce(takeBatch, emptyLog)
const texts = ({ lines }: LogState): string[] => lines.map(({ text }) => text)

test('[DB26] a line that comes late goes to its place, and those shown keep their identity', () => {
  const before = taken(batchOf(['a', 1], ['a', 5]), batchOf(['a', 6]))
  const after = takeBatch(before, batchOf(['b', 2], ['b', 5], ['b', 7]))
  assert.deepEqual(texts(after), ['a1', 'b2', 'a5', 'b5', 'a6', 'b7'])
  assert.equal(new Set(after.lines.map(({ id }) => id)).size, 6)
  assert.equal(after.lines[2], before.lines[1])
})

test('[DB26] a line that is told again is shown once', () => {
  assert.deepEqual(texts(taken(batchOf(['a', 1], ['b', 1], ['a', 2]), batchOf(['a', 1], ['b', 1], ['a', 2], ['a', 2, 'other']))), [
    'a1',
    'b1',
    'a2',
    'other',
  ])
})

test('[DB26] each pod has a colour of its own for as long as it is looked at', () => {
  const { pods } = taken(batchOf(['a', 1], ['b', 1]), batchOf(['c', 2], ['a', 3]))
  assert.deepEqual(
    [...pods],
    [
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ],
  )
})

test('[DB26] frames of a stack trace have the level of what they follow in the same container', () => {
  const { lines } = taken(batchOf(['a', 1, 'ERROR boom'], ['b', 1, 'INFO fine'], ['a', 1, '    at run'], ['b', 1, 'plain']))
  assert.deepEqual(
    lines.map(({ level }) => level),
    ['error', 'info', 'error', undefined],
  )
})

test('[DB26] the oldest lines leave', () => {
  const many = Array.from({ length: 60_000 }, (_, index): [string, number, string] => ['a', 1, String(index)])
  const { lines } = takeBatch(emptyLog, {
    ...batchOf(),
    lines: many.map(([pod, , text], index) => ({ pod, container: 'c', time: String(index).padStart(6, '0'), text })),
  })
  assert.deepEqual([lines.length, lines[0]?.text], [50_000, '10000'])
})
