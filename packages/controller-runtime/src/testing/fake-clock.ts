import type { Clock } from '../clock.ts'

interface Timer {
  dueAtMs: number
  callback: () => void
}

/** A clock that stands still until told. */
export class FakeClock implements Clock {
  #nowMs: number
  #timers = new Set<Timer>()

  constructor(nowMs: number = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueAtMs: this.#nowMs + Math.max(delayMs, 0), callback }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Number of timers that wait. */
  get pending(): number {
    return this.#timers.size
  }

  /** Moves on, calling due timers in order; lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    for (;;) {
      await settle()
      const due = [...this.#timers].filter((timer) => timer.dueAtMs <= endMs).toSorted((a, b) => a.dueAtMs - b.dueAtMs)[0]
      if (!due) break
      this.#timers.delete(due)
      this.#nowMs = due.dueAtMs
      due.callback()
    }
    this.#nowMs = endMs
    await settle()
  }
}

/** Lets everything that is ready to run do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
