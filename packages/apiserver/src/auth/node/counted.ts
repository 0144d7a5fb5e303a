/** Which pairs there are, and how often each was added more than removed. */
export class Counted {
  readonly #byFrom = new Map<string, Map<string, number>>()

  has(from: string, to: string): boolean {
    return this.#byFrom.get(from)?.has(to) ?? false
  }

  of(from: string): string[] {
    return [...(this.#byFrom.get(from)?.keys() ?? [])]
  }

  add(from: string, to: string): void {
    let counts = this.#byFrom.get(from)
    if (!counts) this.#byFrom.set(from, (counts = new Map()))
    counts.set(to, (counts.get(to) ?? 0) + 1)
  }

  remove(from: string, to: string): void {
    const counts = this.#byFrom.get(from)
    const count = counts?.get(to)
    if (!counts || count === undefined) return
    if (count > 1) counts.set(to, count - 1)
    else counts.delete(to)
    if (counts.size === 0) this.#byFrom.delete(from)
  }

  clear(): void {
    this.#byFrom.clear()
  }
}
