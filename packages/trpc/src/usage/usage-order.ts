import type { Row } from '../live/row.ts'
import { usageColumns, usageOfRow } from './row-usage.ts'
import type { UsageBoard } from './usage-board.ts'

/**
 * A part of rows in the order of what they use now; those of which nothing is known come last. Figures change all the
 * time, so that this order is made anew when it is asked for rather than kept.
 */
export function sliceByUsage(
  rows: readonly Row[],
  board: UsageBoard,
  { column, descending, offset, limit }: { column: string; descending: boolean; offset: number; limit: number },
): Row[] {
  const field = usageColumns[column] ?? 'cpuMillis'
  const order = rows.map((row, index) => ({ index, amount: usageOfRow(board, row)?.[field] }))
  const sign = descending ? -1 : 1
  order.sort((a, b) => {
    if (a.amount === undefined || b.amount === undefined)
      return Number(a.amount === undefined) - Number(b.amount === undefined) || a.index - b.index
    return (a.amount - b.amount) * sign || a.index - b.index
  })
  return order.slice(offset, offset + limit).map(({ index }) => rows[index]!)
}
