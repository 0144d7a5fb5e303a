import type { ChangeEvent } from './store.ts'

/** How much of the recent past a cache keeps in memory, whichever bound is met first. */
export interface WindowLimits {
  maxEvents: number
  /** Of the events' JSON. */
  maxBytes: number
}

export const defaultWindow: WindowLimits = { maxEvents: 10_000, maxBytes: 16 * 1024 * 1024 }

/** The recent events of one resource, oldest first. */
export class EventRing {
  readonly #limits: WindowLimits
  #events: ChangeEvent[] = []
  #sizes: number[] = []
  #start = 0
  #bytes = 0
  #floor: number

  /** `floor` is the revision from which on every event will be pushed. */
  constructor(limits: WindowLimits, floor: number) {
    this.#limits = limits
    this.#floor = floor
  }

  /** Every event after this revision is here. */
  get floor(): number {
    return this.#floor
  }

  push(event: ChangeEvent, bytes: number): void {
    this.#events.push(event)
    this.#sizes.push(bytes)
    this.#bytes += bytes
    while (this.#events.length - this.#start > this.#limits.maxEvents || this.#bytes > this.#limits.maxBytes) {
      this.#floor = (this.#events[this.#start] as ChangeEvent).revision
      this.#bytes -= this.#sizes[this.#start] as number
      this.#start++
      if (this.#start === this.#events.length) break
    }
    // Amortized: each event is moved about once. At most twice the window stays referenced.
    if (this.#start > 0 && this.#start >= this.#events.length / 2) this.#shrink()
  }

  /** The events after `revision`, which must not be below the floor. */
  after(revision: number): ChangeEvent[] {
    let low = this.#start
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#events[middle] as ChangeEvent).revision <= revision) low = middle + 1
      else high = middle
    }
    return this.#events.slice(low)
  }

  #shrink(): void {
    this.#events = this.#events.slice(this.#start)
    this.#sizes = this.#sizes.slice(this.#start)
    this.#start = 0
  }
}
