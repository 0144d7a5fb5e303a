import type { CacheSubscriber, ChangeEvent } from './store.ts'

/**
 * One subscriber's place in a cache's stream. It is *catching up* while events come from the log, then *live*.
 * A subscriber that throws loses its subscription; it never harms the commit or the other subscribers.
 */
export class Subscription {
  /** Every event up to here was delivered. */
  position: number
  isLive = false
  readonly #subscriber: CacheSubscriber
  readonly #onEnded: (subscription: Subscription) => void
  #ended = false

  constructor(subscriber: CacheSubscriber, position: number, onEnded: (subscription: Subscription) => void) {
    this.#subscriber = subscriber
    this.position = position
    this.#onEnded = onEnded
  }

  get hasEnded(): boolean {
    return this.#ended
  }

  deliver(events: readonly ChangeEvent[], upTo: number): void {
    if (this.#ended) return
    this.position = upTo
    if (events.length > 0) this.#call(() => this.#subscriber.onEvents(events))
  }

  progress(revision: number): void {
    if (this.#ended || !this.isLive) return
    this.#call(() => this.#subscriber.onProgress?.(revision))
  }

  /** Ends without telling the subscriber, who asked for it. */
  cancel(): void {
    this.#ended = true
    this.#onEnded(this)
  }

  end(error: Error | undefined): void {
    if (this.#ended) return
    this.cancel()
    try {
      this.#subscriber.onEnd(error)
    } catch {
      // The subscription is over already; there is nobody left to tell.
    }
  }

  #call(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      this.end(error instanceof Error ? error : new Error(String(error)))
    }
  }
}
