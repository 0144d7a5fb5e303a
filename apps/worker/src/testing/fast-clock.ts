import { realClock, type Clock } from '@quarterdeck/controller-runtime'

/** A clock that runs so many times as fast: what waits for minutes is over in milliseconds. */
export function fastClock(times: number): Clock {
  const startMs = realClock.now()
  return {
    now: () => startMs + (realClock.now() - startMs) * times,
    after: (delayMs, callback) => realClock.after(delayMs / times, callback),
  }
}
