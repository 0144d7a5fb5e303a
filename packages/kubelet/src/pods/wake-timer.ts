import type { Clock } from '@quarterdeck/controller-runtime'

/** Calls back at the earliest of the times it was given since it last did, or was cancelled. */
export class WakeTimer {
  readonly #clock: Clock
  readonly #wake: () => void
  #atMs = Infinity
  #cancel: (() => void) | undefined

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock
    this.#wake = wake
  }

  wakeAt(atMs: number): void {
    if (this.#atMs <= atMs) return
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
}
