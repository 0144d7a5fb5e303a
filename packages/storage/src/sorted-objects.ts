import type { Stored } from './stored-object.ts'

/**
 * The objects of one namespace by name and in order of name. The order is kept, not made: a change costs a binary
 * search, and a list after a change one copy of the array, however many objects there are.
 */
export class SortedObjects {
  readonly #byName = new Map<string, Stored>()
  #items: Stored[] = []
  #shared = false

  get size(): number {
    return this.#byName.size
  }

  get(name: string): Stored | undefined {
    return this.#byName.get(name)
  }

  set(value: Stored): void {
    const { name } = value.key
    const known = this.#byName.has(name)
    this.#byName.set(name, value)
    const items = this.#own()
    const at = this.#indexOf(name)
    if (known) items[at] = value
    else if (at === items.length) items.push(value)
    else items.splice(at, 0, value)
  }

  delete(name: string): void {
    if (!this.#byName.delete(name)) return
    this.#own().splice(this.#indexOf(name), 1)
  }

  /** Never changes after it was handed out. */
  list(): readonly Stored[] {
    this.#shared = true
    return this.#items
  }

  #own(): Stored[] {
    if (this.#shared) {
      this.#items = this.#items.slice()
      this.#shared = false
    }
    return this.#items
  }

  /** Where `name` is, or where it would be inserted. */
  #indexOf(name: string): number {
    let low = 0
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#items[middle] as Stored).key.name < name) low = middle + 1
      else high = middle
    }
    return low
  }
}
