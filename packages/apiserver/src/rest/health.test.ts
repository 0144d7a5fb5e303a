import assert from 'node:assert/strict'
import { test } from 'node:test'

import { answerHealth } from './health.ts'

const checks = { ping: () => Promise.resolve(), store: () => Promise.reject(new Error('secret')) }
const ask = (path: string, search = '') => answerHealth(path, new URLSearchParams(search), checks)

test('[R5] a failed check is told by name, without its reason', async () => {
  assert.deepEqual(await ask('/readyz'), { code: 500, text: '[+]ping ok\n[-]store failed: reason withheld\nreadyz check failed\n' })
})

test('[R5] a check can be asked for alone, or left out', async () => {
  assert.deepEqual(await ask('/livez/ping'), { code: 200, text: 'ok' })
  assert.equal((await ask('/readyz/store'))?.code, 500)
  assert.deepEqual(await ask('/readyz', 'exclude=store'), { code: 200, text: 'ok' })
  assert.deepEqual(await ask('/readyz', 'verbose&exclude=store'), {
    code: 200,
    text: '[+]ping ok\n[+]store excluded: ok\nreadyz check passed\n',
  })
})

test('[R5] a check that does not exist is not found', async () => assert.equal(await ask('/readyz/nothing'), undefined))
