import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import fc from 'fast-check'

import type { LogLine } from './log-line.ts'
import { MergedLog } from './merged-log.ts'

const times = { holdMs: 500, historyMs: 4_000 }
const line = (pod: string, second: number): LogLine => ({
  pod,
  container: 'c',
  time: new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString(),
  text: `${pod}${second}`,
})

/** A log whose clock stands still until it is moved. */
function openLog() {
  let now = 1000
  const log = new MergedLog(
    () => {},
    times,
    () => now,
  )
  const shown: string[] = []
  return {
    log,
    source: (hasHistory = false) => log.open({ hasHistory }),
    /** What may be shown after some time. */
    after(ms: number): string {
      now += ms
      const texts = log.take().lines.map(({ text }) => text)
      shown.push(...texts)
      return texts.join(' ')
    },
    shown,
  }
}

describe('[DB26] logs are merged by time', () => {
  test('a line is shown when all others have told a later one', async () => {
    const { source, after } = openLog()
    const [a, b] = [source(), source()]
    await a.add([line('a', 1), line('a', 4)])
    assert.equal(after(0), '')
    await b.add([line('b', 2), line('b', 3)])
    assert.equal(after(0), 'a1 b2 b3')
    await b.add([line('b', 5)])
    assert.equal(after(0), 'a4')
  })

  test('a line waits for one that is silent no longer than the time to hold', async () => {
    const { source, after } = openLog()
    const [a] = [source(), source()]
    await a.add([line('a', 1)])
    assert.equal(after(times.holdMs - 1), '')
    await a.add([line('a', 2)])
    assert.equal(after(1), 'a1')
    assert.equal(after(times.holdMs), 'a2')
  })

  test('one source alone waits for nobody, and for none that has ended', async () => {
    const { source, after } = openLog()
    const a = source()
    await a.add([line('a', 1)])
    assert.equal(after(0), 'a1')
    const b = source()
    await a.add([line('a', 2)])
    assert.equal(after(0), '')
    b.end()
    assert.equal(after(0), 'a2')
  })

  test('a source that ends gives what it had in its place', async () => {
    const { source, after } = openLog()
    const [a, b] = [source(), source()]
    await a.add([line('a', 1), line('a', 3)])
    a.end()
    await b.add([line('b', 2)])
    b.end()
    assert.equal(after(0), 'a1 b2 a3')
  })

  test('the history of all comes first, in order, however long one lags', async () => {
    const { source, after } = openLog()
    const [a, b] = [source(true), source(true)]
    await a.add([line('a', 1), line('a', 3)])
    a.live()
    assert.equal(after(times.historyMs - 1), '')
    await b.add([line('b', 2)])
    assert.equal(after(0), 'a1 b2')
    b.live()
    assert.equal(after(0), 'a3')
  })

  test('the history waits a bounded time for a source that never comes', async () => {
    const { source, after } = openLog()
    const [a] = [source(true), source(true)]
    await a.add([line('a', 1)])
    a.live()
    assert.equal(after(times.historyMs), 'a1')
  })

  test('a source that starts late holds no history back, and its lines take their place', async () => {
    const { source, after } = openLog()
    const a = source()
    await a.add([line('a', 1)])
    assert.equal(after(0), 'a1')
    const late = source()
    await a.add([line('a', 5)])
    await late.add([line('l', 4), line('l', 6)])
    assert.equal(after(0), 'l4 a5')
    assert.equal(after(times.holdMs), 'l6')
  })

  test('lines of one source that come out of order are put in order while they are held', async () => {
    const { source, after } = openLog()
    const [a] = [source(), source()]
    await a.add([line('a', 3), line('a', 1)])
    await a.add([line('a', 2)])
    assert.equal(after(times.holdMs), 'a1 a2 a3')
  })

  test('a line that comes after later ones were shown is shown all the same', async () => {
    const { source, after } = openLog()
    const [a, b] = [source(), source()]
    await a.add([line('a', 9)])
    assert.equal(after(times.holdMs), 'a9')
    await b.add([line('b', 2)])
    assert.equal(after(times.holdMs), 'b2')
  })

  test('a source that says much is held back by the history of others, not by their silence', async () => {
    const { log, source, after } = openLog()
    const many = Array.from({ length: 1500 }, (_, second) => line('a', second))
    const [a, b] = [source(true), source(true)]
    let isThrough = false
    const added = a.add(many).then(() => (isThrough = true))
    assert.equal(after(0), '')
    assert.equal(isThrough, false)
    b.live()
    assert.equal(after(0).split(' ').length, 501, 'what is beyond the bound goes out')
    await added
    log.releaseWriters()
  })

  test('a writer waits for a reader that is behind, until nobody reads', async () => {
    const { log, source } = openLog()
    const a = source()
    const many = (from: number) => Array.from({ length: 3000 }, (_, index) => line('a', from + index))
    await a.add(many(0))
    const blocked = a.add(many(3000))
    assert.equal(
      await Promise.race([blocked.then(() => 'through'), new Promise((resolve) => setImmediate(() => resolve('waits')))]),
      'waits',
    )
    log.releaseWriters()
    await blocked
  })

  test('whatever comes when, all is shown once, in order but for what came too late', async () => {
    const step = fc.oneof(
      fc.record({ source: fc.nat(3), seconds: fc.array(fc.nat(50), { maxLength: 5 }) }),
      fc.record({ waitMs: fc.nat(700) }),
      fc.record({ ends: fc.nat(3) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { source, after, shown } = openLog()
        const sources = [source(true), source(true), source(), source()]
        const told: string[] = []
        for (const each of steps) {
          if ('waitMs' in each) after(each.waitMs)
          else if ('ends' in each) sources[each.ends]!.end()
          else if (!sources[each.source]!.hasEnded) {
            const lines = each.seconds.map((second) => line('abcd'[each.source]!, second))
            told.push(...lines.map(({ text }) => text))
            await sources[each.source]!.add(lines)
          }
        }
        for (const each of sources) each.end()
        after(0)
        assert.deepEqual(shown.toSorted(), told.toSorted())
      }),
    )
  })
})
