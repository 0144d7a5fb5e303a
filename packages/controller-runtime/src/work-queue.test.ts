import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import { FakeClock, settle } from './testing/index.ts'
import { WorkQueue } from './work-queue.ts'

function start(t: TestContext, concurrency: number) {
  const clock = new FakeClock()
  const queue = new WorkQueue({ name: 'test', clock })
  const stop = new AbortController()
  const started: string[] = []
  const finishers = new Map<string, () => void>()
  const working = queue.work({
    concurrency,
    signal: stop.signal,
    handle: (key) => {
      started.push(key)
      return new Promise((resolve) => finishers.set(key, resolve))
    },
  })
  const finish = async (key: string) => {
    finishers.get(key)?.()
    await settle()
  }
  t.after(async () => {
    stop.abort()
    for (const resolve of finishers.values()) resolve()
    await working
  })
  return { clock, queue, started, finish }
}

describe('work queue', () => {
  test('[CR20] a key added twice while it waits is worked on once', async (t) => {
    const { queue, started, finish } = start(t, 1)
    queue.add('a')
    await settle()
    queue.add('b')
    queue.add('b')
    await finish('a')
    await finish('b')
    assert.deepEqual(started, ['a', 'b'])
  })

  test('[CR21] a key added while it is worked on is worked on again afterwards, never by two at once', async (t) => {
    const { queue, started, finish } = start(t, 4)
    queue.add('a')
    await settle()
    queue.add('a')
    await settle()
    assert.deepEqual(started, ['a'])
    await finish('a')
    assert.deepEqual(started, ['a', 'a'])
  })

  test('[CR22] at most `concurrency` keys are worked on at once', async (t) => {
    const { queue, started, finish } = start(t, 2)
    for (const key of ['a', 'b', 'c']) queue.add(key)
    await settle()
    assert.deepEqual(started, ['a', 'b'])
    assert.equal(queue.depth, 1)
    await finish('a')
    assert.deepEqual(started, ['a', 'b', 'c'])
  })

  test('[CR23] the delay of a failing key doubles from 5 ms to 1000 s and starts anew after forget', async (t) => {
    const { clock, queue, started, finish } = start(t, 1)
    queue.addRateLimited('a')
    await clock.advance(4)
    assert.deepEqual(started, [])
    await clock.advance(1)
    assert.deepEqual(started, ['a'])
    await finish('a')
    for (let failure = 0; failure < 20; failure++) queue.addRateLimited('b')
    queue.addRateLimited('c')
    assert.equal(queue.retriesOf('b'), 20)
    queue.forget('b')
    assert.equal(queue.retriesOf('b'), 0)
    await clock.advance(5)
    assert.deepEqual(started, ['a', 'b'])
  })

  test('[CR24] of several delays of one key the shortest counts', async (t) => {
    const { clock, queue, started } = start(t, 1)
    queue.addAfter('a', 1000)
    queue.addAfter('a', 50)
    queue.addAfter('a', 500)
    await clock.advance(50)
    assert.deepEqual(started, ['a'])
    assert.equal(clock.pending, 0)
  })
})
