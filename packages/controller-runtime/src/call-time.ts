import type { Clock } from './clock.ts'

/** How long a reconcile waited for answers, calls that overlap counted once: the rest of its time it kept the process busy, at most. */
export class CallTime {
  readonly #clock: Clock
  #pending = 0
  #sinceMs = 0
  #totalMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get totalMs(): number {
    return this.#totalMs
  }

  async of<T>(call: Promise<T>): Promise<T> {
    if (this.#pending++ === 0) this.#sinceMs = this.#clock.now()
    try {
      return await call
    } finally {
      if (--this.#pending === 0) this.#totalMs += this.#clock.now() - this.#sinceMs
    }
  }
}
