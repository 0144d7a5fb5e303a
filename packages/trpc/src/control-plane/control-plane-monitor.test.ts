import assert from 'node:assert/strict'
import { test } from 'node:test'

import { openTestDeck } from '../testing.ts'

test('[DB10] without a leading worker the page is told so, and still has the API server and the store', async (t) => {
  const deck = await openTestDeck()
  t.after(() => deck.close())
  for await (const { leader, worker, problem, api, store } of await deck.api.controlPlane.follow()) {
    assert.equal(leader, null)
    assert.equal(worker, null)
    assert.match(problem ?? '', /no worker leads/)
    assert.ok(store.revision > 0)
    assert.equal(api.watches, 0)
    return
  }
})
