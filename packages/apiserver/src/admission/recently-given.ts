/**
 * What was given out a moment ago and may not be seen in caches yet: of many requests at once no two are to choose the same. It is a
 * courtesy; what decides is the store.
 */
export class RecentlyGiven {
  readonly #names = new Set<string>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  /** Whether it is the caller's to try. Then it is nobody else's for a while. */
  take(name: string): boolean {
    if (this.#names.has(name)) return false
    this.#names.add(name)
    const [oldest] = this.#names
    if (this.#names.size > this.#max && oldest !== undefined) this.#names.delete(oldest)
    return true
  }
}
