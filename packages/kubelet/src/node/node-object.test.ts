import assert from 'node:assert/strict'
import { test } from 'node:test'

import { cordonChange } from './node-object.ts'

const cases: [was: boolean, is: boolean, reason: string | undefined][] = [
  [false, true, 'NodeNotSchedulable'],
  [true, false, 'NodeSchedulable'],
  [false, false, undefined],
  [true, true, undefined],
]

test('[N19] a cordon and its end are told in an event, once', () => {
  for (const [was, is, reason] of cases) assert.equal(cordonChange(was, is), reason)
})
