import type { RowData } from '@quarterdeck/trpc'
import { useState } from 'react'

/** The rows that are ticked, kept while others scroll by. */
export interface Selection {
  rows: readonly RowData[]
  has: (id: string) => boolean
  toggle: (row: RowData) => void
  set: (rows: readonly RowData[]) => void
  clear: () => void
}

export function useSelection(): Selection {
  const [rows, setRows] = useState<readonly RowData[]>([])
  const ids = new Set(rows.map((row) => row.id))
  return {
    rows,
    has: (id) => ids.has(id),
    toggle: (row) => setRows(ids.has(row.id) ? rows.filter((other) => other.id !== row.id) : [...rows, row]),
    set: setRows,
    clear: () => setRows([]),
  }
}
