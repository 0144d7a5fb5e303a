/**
 * Turns many changes into few messages: `next` resolves once something changed, but not sooner than `intervalMs` after
 * it last did. A reader that is slow finds one change waiting, however many there were.
 */
export class Pace {
  readonly #intervalMs: number
  readonly #signal: AbortSignal
  #hasChanged = false
  #last = -Infinity
  #wake: (() => void) | undefined

  constructor(intervalMs: number, signal: AbortSignal) {
    this.#intervalMs = intervalMs
    this.#signal = signal
    signal.addEventListener('abort', () => this.#wake?.(), { once: true })
  }

  readonly mark = (): void => {
    this.#hasChanged = true
    this.#wake?.()
  }

  /** False when the signal aborted. */
  async next(): Promise<boolean> {
    while (!this.#hasChanged && !this.#signal.aborted) await this.#sleep(undefined)
    const waitMs = this.#last + this.#intervalMs - performance.now()
    const until = performance.now() + waitMs
    while (performance.now() < until && !this.#signal.aborted) await this.#sleep(Math.max(0, until - performance.now()))
    this.#last = performance.now()
    this.#hasChanged = false
    return !this.#signal.aborted
  }

  #sleep(forMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = forMs === undefined ? undefined : setTimeout(resolve, forMs)
      this.#wake = () => {
        if (forMs !== undefined && !this.#signal.aborted) return
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
