import type { ReactNode } from 'react'

export interface FigureColumn<T> {
  title: string
  /** Said in full where the title is short. */
  description: string
  cell: (item: T) => ReactNode
}

export interface FigureTableProps<T> {
  label: string
  items: readonly T[]
  nameOf: (item: T) => string
  /** What stands in the first column, where it is more than the name. */
  head?: (item: T) => ReactNode
  /** The title of the first column. */
  what: string
  columns: readonly FigureColumn<T>[]
}

/** Names with their figures, which line up on the right. Scrolls sideways where it is narrow; the names stay. */
export function FigureTable<T>({ label, items, nameOf, head = nameOf, what, columns }: FigureTableProps<T>) {
  return (
    <div className="overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
      <table className="w-full border-separate border-spacing-0 text-sm">
        <thead>
          <tr className="text-xs text-muted">
            <th scope="col" className="sticky left-0 border-b border-line bg-surface px-4 py-2 text-left font-medium">
              {what}
            </th>
            {columns.map(({ title, description }) => (
              <th
                key={title}
                scope="col"
                title={description}
                className="border-b border-line px-3 py-2 text-right font-medium whitespace-nowrap last:pr-4"
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={nameOf(item)} className="hover:bg-hover/60 [&:last-child>*]:border-b-0">
              <th
                scope="row"
                className="sticky left-0 border-b border-line/70 bg-surface px-4 py-1.5 text-left font-medium whitespace-nowrap"
              >
                {head(item)}
              </th>
              {columns.map(({ title, cell }) => (
                <td key={title} className="border-b border-line/70 px-3 py-1.5 text-right whitespace-nowrap tabular-nums last:pr-4">
                  {cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A count of which none is the usual. */
export function Count({ value }: { value: number }) {
  return value === 0 ? <span className="text-faint">0</span> : value.toLocaleString()
}
