import { compareRows, inOrder } from './order.ts'
import type { Row, SortColumn } from './row.ts'

/** How many rows have a state. */
export interface StateCount {
  text: string
  tone: string
  count: number
}

/** How the rows given to a view are ordered: as the view wants them, as a view by name has them, or not at all. */
export type Order = 'view' | 'name' | 'none'

/**
 * The rows that pass a filter, kept in order of one column. A change costs two binary searches and a move of the
 * array's tail; nothing is ever sorted again. Shared by everybody who looks at the same rows, whichever part of them.
 */
export class View {
  readonly column: SortColumn
  readonly #matches: (row: Row) => boolean
  readonly #listeners = new Set<() => void>()
  readonly #states = new Map<string, StateCount>()
  #rows: Row[] = []

  constructor(column: SortColumn, matches: ((row: Row) => boolean) | undefined) {
    this.column = column
    this.#matches = matches ?? (() => true)
  }

  get rows(): readonly Row[] {
    return this.#rows
  }

  get isWatched(): boolean {
    return this.#listeners.size > 0
  }

  states(): StateCount[] {
    return [...this.#states.values()].map((state) => ({ ...state }))
  }

  /** Replaces everything by those of `rows` that match. */
  fill(rows: Iterable<Row>, given: Order): void {
    const matching: Row[] = []
    for (const row of rows) if (this.#matches(row)) matching.push(row)
    this.#rows = given === 'view' ? matching : inOrder(matching, this.column, { areOrderedByName: given === 'name' })
    this.#states.clear()
    for (const row of this.#rows) this.#count(row, 1)
    this.announce()
  }

  /** Takes one change of one object. Listeners are told by `announce`. Returns whether the view changed. */
  replace(before: Row | undefined, after: Row | undefined): boolean {
    const old = before && this.#matches(before) ? before : undefined
    const next = after && this.#matches(after) ? after : undefined
    if (old) this.#count(old, -1)
    if (next) this.#count(next, 1)
    if (old && next && compareRows(old, next, this.column) === 0) this.#rows[this.#indexOf(old)] = next
    else {
      if (old) this.#rows.splice(this.#indexOf(old), 1)
      if (next) this.#rows.splice(this.#indexOf(next), 0, next)
    }
    return old !== undefined || next !== undefined
  }

  announce(): void {
    for (const listener of this.#listeners) listener()
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** `limit` rows from `offset` in the order asked for. */
  slice(offset: number, limit: number, descending: boolean): Row[] {
    if (!descending) return this.#rows.slice(offset, offset + limit)
    const end = this.#rows.length - offset
    return this.#rows.slice(Math.max(0, end - limit), Math.max(0, end)).toReversed()
  }

  #count(row: Row, by: number): void {
    const { state } = row
    if (!state) return
    const known = this.#states.get(state.text)
    if (!known) this.#states.set(state.text, { text: state.text, tone: state.tone, count: by })
    else if (known.count + by === 0) this.#states.delete(state.text)
    else known.count += by
  }

  /** Where the row is, or where it belongs. */
  #indexOf(row: Row): number {
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareRows(this.#rows[middle]!, row, this.column) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
