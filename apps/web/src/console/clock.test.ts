import assert from 'node:assert/strict'
import { mock, test, type TestContext } from 'node:test'

import { Clock } from './clock.ts'

const start = Date.UTC(2026, 0, 1)

/** A page whose time and visibility the test decides. */
function openPage(t: TestContext) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: start })
  t.after(() => mock.timers.reset())
  let isHidden = false
  let onChange = (): void => {}
  const clock = new Clock({
    now: () => Date.now(),
    isHidden: () => isHidden,
    onVisibility(listener) {
      onChange = listener
      return () => (onChange = () => {})
    },
  })
  const seconds = (): number => (clock.now() - start) / 1000
  return {
    clock,
    seconds,
    tick: (ms: number) => mock.timers.tick(ms),
    setHidden(next: boolean) {
      isHidden = next
      onChange()
    },
  }
}

test('[DB28] ages tick once a second, all at once', (t) => {
  const { clock, seconds, tick } = openPage(t)
  const told: number[] = []
  const stop = clock.subscribe(() => told.push(seconds()))
  tick(999)
  assert.deepEqual([seconds(), told], [0, []])
  tick(1)
  tick(1000)
  assert.deepEqual(told, [1, 2])
  stop()
  tick(5000)
  assert.deepEqual(told, [1, 2], 'nobody is told who does not listen')
})

test('[DB28] ages are right at once when a page is seen again, and when the first of them is shown', (t) => {
  const { clock, seconds, tick, setHidden } = openPage(t)
  let told = 0
  const stop = clock.subscribe(() => told++)
  setHidden(true)
  tick(90_000)
  assert.equal(told, 0)
  setHidden(false)
  assert.deepEqual([told, seconds()], [1, 90])
  stop()
  tick(60_000)
  clock.subscribe(() => {})
  assert.equal(seconds(), 150)
})

test('[DB28] a browser whose clock is wrong shows ages by the server’s', (t) => {
  const { clock, seconds } = openPage(t)
  clock.subscribe(() => {})
  const answered = (secondsAhead: number, tookMs = 100): void =>
    clock.learn(new Date(start + secondsAhead * 1000).toUTCString(), start, start + tookMs)
  answered(1)
  assert.equal(seconds(), 0, 'a second is no skew: dates have no smaller part')
  answered(300, 9000)
  assert.equal(seconds(), 0, 'an answer that took long tells nothing')
  answered(300)
  assert.ok(Math.abs(seconds() - 300) < 1)
  answered(301)
  assert.ok(Math.abs(seconds() - 300) < 1, 'it does not jitter')
  answered(0)
  assert.equal(seconds(), 0)
  clock.learn(null, start, start)
  clock.learn('no date', start, start)
  assert.equal(seconds(), 0)
})
