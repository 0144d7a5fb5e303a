import type { Row, SortColumn } from './row.ts'
import { compareSortKeys, sortedKeys, type SortKey } from './sort-key.ts'

/** By column, then as `compareNames` does: a total order, so that every row has one place. */
export function compareRows(a: Row, b: Row, column: SortColumn): number {
  return compareSortKeys(a.sortKey(column), b.sortKey(column)) || compareNames(a, b)
}

/** As people read names, then by the very name, then by namespace. */
function compareNames(a: Row, b: Row): number {
  const byKey = compareSortKeys(a.sortKey('Name'), b.sortKey('Name'))
  if (byKey !== 0) return byKey
  if (a.name !== b.name) return a.name < b.name ? -1 : 1
  if (a.namespace === b.namespace) return 0
  return a.namespace < b.namespace ? -1 : 1
}

/**
 * The rows in the order of `compareRows`. Rows are dealt into one pile for each key and only the keys are sorted, by
 * the engine's own order: there are few of them in most columns, and no comparison calls back into this code. Where
 * the rows come ordered by name, piles come out ordered too.
 */
export function inOrder(rows: Iterable<Row>, column: SortColumn, { areOrderedByName }: { areOrderedByName: boolean }): Row[] {
  const piles = new Map<SortKey, Row[]>()
  for (const row of rows) {
    const key = row.sortKey(column)
    const pile = piles.get(key)
    if (pile) pile.push(row)
    else piles.set(key, [row])
  }
  const ordered: Row[] = []
  for (const key of sortedKeys(piles.keys())) {
    const pile = piles.get(key)!
    if (!areOrderedByName && pile.length > 1) pile.sort(compareNames)
    for (const row of pile) ordered.push(row)
  }
  return ordered
}
