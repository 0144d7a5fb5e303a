/** Time as controllers see it, so that tests can pass their own (see `@quarterdeck/controller-runtime/testing`). */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once, after at least delayMs. Returns the function that cancels it. */
  after(delayMs: number, callback: () => void): () => void
}

/** Longer delays overflow setTimeout, which would then fire at once. */
const longestTimerMs = 2 ** 31 - 1

export const realClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), longestTimerMs))
    return () => clearTimeout(timer)
  },
}

/** Resolves after delayMs, or as soon as the signal aborts. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.after(delayMs, end)
    signal.addEventListener('abort', end, { once: true })
  })
}

/** Exponential delay with jitter: between 1 and 2 times base * 2^attempt, at most maxMs. */
export function backoffMs(attempt: number, options: { baseMs: number; maxMs: number; random?: () => number }): number {
  const exponential = Math.min(options.baseMs * 2 ** Math.min(attempt, 30), options.maxMs)
  return Math.min(exponential * (1 + (options.random ?? Math.random)()), options.maxMs)
}
