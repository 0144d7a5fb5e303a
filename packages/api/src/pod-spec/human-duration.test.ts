import assert from 'node:assert/strict'
import { test } from 'node:test'

import { humanDuration } from './human-duration.ts'

const [minute, hour, day, year] = [60, 3600, 86_400, 365 * 86_400]

for (const [seconds, text] of [
  [-5, '0s'],
  [119, '119s'],
  [2 * minute, '2m'],
  [9 * minute + 5, '9m5s'],
  [10 * minute + 5, '10m'],
  [179 * minute, '179m'],
  [3 * hour + 20 * minute, '3h20m'],
  [8 * hour + minute, '8h'],
  [47 * hour, '47h'],
  [2 * day + 3 * hour, '2d3h'],
  [8 * day + hour, '8d'],
  [700 * day, '700d'],
  [3 * year + 4 * day, '3y4d'],
  [9 * year + day, '9y'],
] as const)
  test(`${seconds} seconds are shown as ${text}`, () => assert.equal(humanDuration(seconds * 1000), text))
