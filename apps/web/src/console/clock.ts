/** What a clock needs of the page that it is on. */
export interface ClockPage {
  now(): number
  isHidden(): boolean
  /** Tells when the page is seen again, or not any more. */
  onVisibility(listener: () => void): () => void
}

const tickMs = 1000
/** An HTTP date is of whole seconds, and takes its time to come. */
const leastSkewMs = 2000

/**
 * The server's time, ticking once a second for all who show an age. It stands still while nobody looks, and is right at once when
 * the page is seen again: browsers let the timers of hidden pages rest.
 */
export class Clock {
  readonly #page: ClockPage
  readonly #listeners = new Set<() => void>()
  #skewMs = 0
  #shownMs: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #leave: (() => void) | undefined

  constructor(page: ClockPage) {
    this.#page = page
    this.#shownMs = page.now()
  }

  /** The same between two ticks, so that all ages on a page are of one moment. */
  readonly now = (): number => this.#shownMs

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) this.#start()
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#stop()
    }
  }

  /** Takes the `Date` of an answer, and when it was asked for and came; a browser whose clock is wrong shows the server's ages. */
  learn(date: string | null, sentMs: number, receivedMs: number): void {
    const serverMs = Date.parse(date ?? '')
    if (Number.isNaN(serverMs)) return
    const skewMs = serverMs + tickMs / 2 - (sentMs + receivedMs) / 2
    const isSlow = receivedMs - sentMs > leastSkewMs
    const next = Math.abs(skewMs) < leastSkewMs ? 0 : skewMs
    if (isSlow || Math.abs(next - this.#skewMs) < leastSkewMs) return
    this.#skewMs = next
    if (this.#listeners.size > 0) this.#tick()
    else this.#shownMs = this.#page.now() + this.#skewMs
  }

  #start(): void {
    this.#leave = this.#page.onVisibility(() => this.#tick())
    this.#tick()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#leave?.()
  }

  #tick(): void {
    clearTimeout(this.#timer)
    if (this.#page.isHidden()) return
    this.#shownMs = this.#page.now() + this.#skewMs
    for (const listener of this.#listeners) listener()
    // On the second, so that no second is left out or shown twice.
    this.#timer = setTimeout(() => this.#tick(), tickMs - (this.#shownMs % tickMs))
  }
}

/** That of this page. */
export const clock = new Clock({
  now: () => Date.now(),
  isHidden: () => document.visibilityState === 'hidden',
  onVisibility(listener) {
    document.addEventListener('visibilitychange', listener)
    // A page that comes back out of the browser's cache was frozen as a whole.
    addEventListener('pageshow', listener)
    return () => {
      document.removeEventListener('visibilitychange', listener)
      removeEventListener('pageshow', listener)
    }
  },
})
