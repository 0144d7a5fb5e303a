import { compareSortKeys } from './sort-key.ts'
import type { Row, SortColumn } from './row.ts'

/** How many rows have a state. */
export interface StateCount {
  text: string
  tone: string
  count: number
}

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

  /** `rows` are those of the whole kind; `isOrdered` that they are already in this view's order. */
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

  /** Replaces everything. `isOrdered` says that `rows` are in this view's order already. */
  fill(rows: Iterable<Row>, { isOrdered }: { isOrdered: boolean }): void {
    this.#rows = []
    for (const row of rows) if (this.#matches(row)) this.#rows.push(row)
    if (!isOrdered) this.#rows = this.#sorted(this.#rows)
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
    if (old && next && this.#compare(old, next) === 0) this.#rows[this.#indexOf(old)] = next
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

  /** Looks every key up once rather than at each of the comparisons. */
  #sorted(rows: readonly Row[]): Row[] {
    const keyed = rows.map((row) => ({ row, key: row.sortKey(this.column) }))
    keyed.sort((a, b) => compareSortKeys(a.key, b.key) || compareNames(a.row, b.row))
    return keyed.map(({ row }) => row)
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
      if (this.#compare(this.#rows[middle]!, row) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** By column, then name, then namespace: a total order, so that every row has one place. */
  #compare(a: Row, b: Row): number {
    return compareSortKeys(a.sortKey(this.column), b.sortKey(this.column)) || compareNames(a, b)
  }
}

function compareNames(a: Row, b: Row): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1
  if (a.namespace === b.namespace) return 0
  return a.namespace < b.namespace ? -1 : 1
}
