import type { Stored } from './stored-object.ts'

const maxChunk = 512

/**
 * The objects of one namespace by name and in order of name. The order is kept, not made: it lies in chunks, so that a
 * change moves at most a chunk, and a list after a change is one concatenation, however many objects there are.
 */
export class SortedObjects {
  readonly #byName = new Map<string, Stored>()
  /** None is empty. */
  readonly #chunks: Stored[][] = []
  #list: readonly Stored[] | undefined = []

  get size(): number {
    return this.#byName.size
  }

  get(name: string): Stored | undefined {
    return this.#byName.get(name)
  }

  set(value: Stored): void {
    const { name } = value.key
    const isKnown = this.#byName.has(name)
    this.#byName.set(name, value)
    this.#list = undefined
    const at = this.#chunkOf(name)
    const chunk = this.#chunks[at]
    if (!chunk) {
      this.#chunks.push([value])
      return
    }
    chunk.splice(indexIn(chunk, name), isKnown ? 1 : 0, value)
    if (chunk.length > maxChunk) this.#chunks.splice(at + 1, 0, chunk.splice(chunk.length / 2))
  }

  delete(name: string): void {
    if (!this.#byName.delete(name)) return
    this.#list = undefined
    const at = this.#chunkOf(name)
    const chunk = this.#chunks[at] as Stored[]
    chunk.splice(indexIn(chunk, name), 1)
    if (chunk.length === 0) this.#chunks.splice(at, 1)
  }

  /** Never changes after it was handed out. */
  list(): readonly Stored[] {
    // Unlike flat(), concat copies whole arrays at a time.
    this.#list ??= new Array<Stored>().concat(...this.#chunks)
    return this.#list
  }

  /** The last chunk that begins at or before `name`, or the first one. */
  #chunkOf(name: string): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (((this.#chunks[middle] as Stored[])[0] as Stored).key.name <= name) low = middle + 1
      else high = middle
    }
    return Math.max(0, low - 1)
  }
}

/** Where `name` is in a sorted chunk, or where it would be inserted. */
function indexIn(chunk: readonly Stored[], name: string): number {
  let low = 0
  let high = chunk.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((chunk[middle] as Stored).key.name < name) low = middle + 1
    else high = middle
  }
  return low
}
