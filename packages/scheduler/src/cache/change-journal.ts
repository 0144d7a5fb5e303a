const most = 20_000

/** The last changes, numbered: who remembers something about nodes learns which of them to look at again. */
export class ChangeJournal<T> {
  #entries: T[] = []
  #first = 0

  /** The number that the next change will have. */
  get next(): number {
    return this.#first + this.#entries.length
  }

  add(changed: T): void {
    this.#entries.push(changed)
    if (this.#entries.length <= most) return
    this.#entries = this.#entries.slice(most / 2)
    this.#first += most / 2
  }

  /** The changes from a number on; undefined if not all are known any more. */
  since(number: number): readonly T[] | undefined {
    return number < this.#first ? undefined : this.#entries.slice(number - this.#first)
  }
}
