import type { Clock } from '@quarterdeck/controller-runtime'

/** Calls back at the earliest of the times it was given since it last did, or was cancelled. */
export class WakeTimer {
  readonly #clock: Clock
  readonly #wake: () => void
  #atMs = Infinity
  #cancel: (() => void) | undefined
  #isClosed = false

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock
    this.#wake = wake
  }

  wakeAt(atMs: number): void {
    if (this.#atMs <= atMs || this.#isClosed) return
    this.cancel()
    this.#atMs = atMs
    this.#cancel = this.#clock.after(Math.max(0, atMs - this.#clock.now()), () => {
      this.#atMs = Infinity
      this.#wake()
    })
  }

  cancel(): void {
    this.#cancel?.()
    this.#atMs = Infinity
  }

  /** Cancels for good. */
  close(): void {
    this.#isClosed = true
    this.cancel()
  }
}
