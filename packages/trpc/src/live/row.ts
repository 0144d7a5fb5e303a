import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import { servedObject } from '@quarterdeck/apiserver'
import type { StoredObject } from '@quarterdeck/storage'

import { durationSortKey, restartsSortKey, type ListColumn } from '../kinds/aging-columns.ts'
import { columnsOf, isStateColumn } from '../kinds/columns.ts'
import { stateOf, type State } from '../state/state.ts'
import { sortKeyOf, type SortKey } from './sort-key.ts'
import { nothingAround, type Surroundings } from './surroundings.ts'

export type Cell = string | number | boolean | null

/** Columns that every kind has, whatever it declares. */
export type SortColumn = 'Name' | 'Namespace' | (string & {})

/** Cells that hold times, which nobody looks for as texts. */
const notSearched: ReadonlySet<ListColumn['type']> = new Set(['date', 'duration', 'restarts'])

const sortColumns = new WeakMap<Kind, ReadonlyMap<string, number>>()

/** Name and namespace are 0 and 1, then come those of `columnsOf`. Undefined for a column that there is not. */
function sortColumnNumber(kind: Kind, column: SortColumn): number | undefined {
  let numbers = sortColumns.get(kind)
  if (!numbers) {
    const names = ['Name', 'Namespace', ...columnsOf(kind).map(({ name }) => name)]
    // Of two columns of one name the first is meant.
    numbers = new Map(names.map((name, number) => [name, number] as const).toReversed())
    sortColumns.set(kind, numbers)
  }
  return numbers.get(column)
}

/**
 * One object as lists see it. Immutable: a change makes a new row. What is read of the object is read when first
 * needed and kept, so that a sort key never changes while a row has its place in an order.
 */
export class Row {
  readonly kind: Kind
  readonly stored: StoredObject
  readonly #surroundings: Surroundings
  #cells: readonly Cell[] | undefined
  #state: { value: State | undefined } | undefined
  #searchText: string | undefined
  // A list by number of the column rather than a map: there are as many of these as there are objects.
  #sortKeys: (SortKey | undefined)[] | undefined

  constructor(kind: Kind, stored: StoredObject, surroundings: Surroundings = nothingAround) {
    this.kind = kind
    this.stored = stored
    this.#surroundings = surroundings
  }

  get object(): KubeObject {
    return servedObject(this.kind, this.stored)
  }

  get namespace(): string {
    return this.stored.key.namespace
  }

  get name(): string {
    return this.stored.key.name
  }

  /** In the order of `columnsOf`. */
  get cells(): readonly Cell[] {
    this.#cells ??= columnsOf(this.kind).map((column) => this.#cell(column))
    return this.#cells
  }

  get state(): State | undefined {
    this.#state ??= { value: stateOf(this.kind, this.object, this.#surroundings.of(this.object)) }
    return this.#state.value
  }

  #cell(column: ListColumn): Cell {
    return isStateColumn(column) ? (this.state?.text ?? null) : column.value(this.object, Date.now())
  }

  /** What a search looks in: name, namespace, state and its cause, cells that hold words, and labels; in lower case. */
  get searchText(): string {
    this.#searchText ??= this.#words().join('\n').toLowerCase()
    return this.#searchText
  }

  #words(): string[] {
    const columns = columnsOf(this.kind)
    const cells = this.cells.filter((cell, index) => typeof cell === 'string' && !notSearched.has(columns[index]!.type))
    const labels = Object.entries(this.object.metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`)
    const { reason = '', detail = '' } = this.state ?? {}
    return [this.namespace, this.name, reason, detail, ...cells.map(String), ...labels]
  }

  sortKey(column: SortColumn): SortKey {
    const number = sortColumnNumber(this.kind, column)
    if (number === undefined) return ''
    this.#sortKeys ??= Array<SortKey | undefined>(columnsOf(this.kind).length + 2)
    return (this.#sortKeys[number] ??= this.#computeSortKey(number))
  }

  #computeSortKey(number: number): SortKey {
    if (number === 0) return sortKeyOf(this.name)
    if (number === 1) return sortKeyOf(this.namespace)
    const index = number - 2
    const declared = columnsOf(this.kind)[index]!
    // One cell costs less than all of them, and an order needs no other.
    const value = this.#cells ? this.#cells[index]! : this.#cell(declared)
    if (declared.type === 'duration') return durationSortKey(value)
    if (declared.type === 'restarts') return restartsSortKey(value)
    // Times are texts of one form: their own order is the order of time.
    return declared.type === 'date' ? String(value ?? '') : sortKeyOf(value)
  }
}
