import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isContinuation, levelOf } from './log-level.ts'

test('[DB26] the level of a line is read from the formats that loggers write', () => {
  const cases: [text: string, level: string | undefined][] = [
    ['2026-01-01T00:00:00Z ERROR could not reach the ledger', 'error'],
    ['[warn] slow query', 'warning'],
    ['error: no such file', 'error'],
    ['E0612 10:15:42.123456       1 reflector.go:147] failed to list', 'error'],
    ['I0612 10:15:42.123456       1 main.go:1] started', 'info'],
    ['{"time":1,"level":"warn","msg":"x"}', 'warning'],
    ['{"level":50,"msg":"x"}', 'error'],
    ['time="2026-01-01" level=debug msg=hello', 'debug'],
    ['2026/01/01 00:00:00 [crit] 1#1: no live upstreams', 'error'],
    ['served GET /errors/info in 3 ms', undefined],
    ['an error happened in the past', undefined],
    ['', undefined],
  ]
  for (const [text, level] of cases) assert.equal(levelOf(text), level, text)
})

test('[DB26] a frame of a stack trace goes on with its error', () => {
  assert.deepEqual(['    at run (main.js:3)', '\tat java.lang.Thread', 'Caused by: x', 'served', ''].map(isContinuation), [
    true,
    true,
    true,
    false,
    false,
  ])
})
