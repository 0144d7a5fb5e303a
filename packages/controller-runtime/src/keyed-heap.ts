interface Entry<T> {
  key: string
  value: T
  index: number
}

/** A binary heap whose entries can be found, replaced and removed by key. `precedes(a, b)` says that a comes first. */
export class KeyedHeap<T> {
  readonly #precedes: (a: T, b: T) => boolean
  readonly #heap: Entry<T>[] = []
  readonly #entries = new Map<string, Entry<T>>()

  constructor(precedes: (a: T, b: T) => boolean) {
    this.#precedes = precedes
  }

  get size(): number {
    return this.#heap.length
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.value
  }

  peek(): T | undefined {
    return this.#heap[0]?.value
  }

  /** Adds, or replaces what the key held. */
  set(key: string, value: T): void {
    const existing = this.#entries.get(key)
    if (existing) {
      existing.value = value
      this.#down(this.#up(existing))
      return
    }
    const entry = { key, value, index: this.#heap.length }
    this.#entries.set(key, entry)
    this.#heap.push(entry)
    this.#up(entry)
  }

  delete(key: string): T | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    const last = this.#heap.pop()
    if (last && last !== entry) {
      this.#place(last, entry.index)
      this.#down(this.#up(last))
    }
    return entry.value
  }

  pop(): T | undefined {
    const first = this.#heap[0]
    return first && this.delete(first.key)
  }

  *values(): IterableIterator<T> {
    for (const entry of this.#heap) yield entry.value
  }

  #place(entry: Entry<T>, index: number): void {
    entry.index = index
    this.#heap[index] = entry
  }

  #up(entry: Entry<T>): Entry<T> {
    while (entry.index > 0) {
      const at = entry.index
      const parent = this.#heap[(at - 1) >> 1]
      if (!parent || !this.#precedes(entry.value, parent.value)) break
      this.#place(entry, parent.index)
      this.#place(parent, at)
    }
    return entry
  }

  #down(entry: Entry<T>): void {
    for (;;) {
      const left = this.#heap[entry.index * 2 + 1]
      const right = this.#heap[entry.index * 2 + 2]
      const child = right && left && this.#precedes(right.value, left.value) ? right : left
      if (!child || !this.#precedes(child.value, entry.value)) return
      const at = entry.index
      this.#place(entry, child.index)
      this.#place(child, at)
    }
  }
}
