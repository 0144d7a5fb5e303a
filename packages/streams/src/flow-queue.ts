/** Items that come as they come and are read one by one; the source is told to stop while many wait. */
export class FlowQueue<T> implements AsyncIterable<T> {
  readonly #onPause: () => void
  readonly #onResume: () => void
  readonly #sizeOf: (item: T) => number
  readonly #high: number
  #items: T[] = []
  #size = 0
  #isPaused = false
  #ended: { error: Error | undefined } | undefined
  #wake = (): void => {}

  constructor(options: { highWater: number; sizeOf: (item: T) => number; onPause: () => void; onResume: () => void }) {
    this.#high = options.highWater
    this.#sizeOf = options.sizeOf
    this.#onPause = options.onPause
    this.#onResume = options.onResume
  }

  push(item: T): void {
    if (this.#ended) return
    this.#items.push(item)
    this.#size += this.#sizeOf(item)
    if (this.#size > this.#high && !this.#isPaused) {
      this.#isPaused = true
      this.#onPause()
    }
    this.#wake()
  }

  /** What waits is still read. */
  end(error?: Error): void {
    this.#ended ??= { error }
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const items = this.#items
      this.#items = []
      for (const item of items) {
        this.#size -= this.#sizeOf(item)
        if (this.#isPaused && this.#size <= this.#high / 2) {
          this.#isPaused = false
          this.#onResume()
        }
        yield item
      }
      if (this.#items.length > 0) continue
      if (this.#ended?.error) throw this.#ended.error
      if (this.#ended) return
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
