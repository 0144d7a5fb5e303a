import type { ReactNode } from 'react'

export interface PlainColumn<T> {
  title: string
  cell: (item: T) => ReactNode
}

export interface PlainTableProps<T> {
  label: string
  items: readonly T[]
  keyOf: (item: T) => string
  columns: readonly PlainColumn<T>[]
}

/** A few columns of words; the first names the row. Scrolls sideways where it is narrow. */
export function PlainTable<T>({ label, items, keyOf, columns }: PlainTableProps<T>) {
  return (
    <div className="focus-ring overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
      <table className="w-full text-sm">
        <thead>
          <tr className="text-left text-xs text-muted">
            {columns.map(({ title }) => (
              <th key={title} scope="col" className="px-3 py-2 font-medium whitespace-nowrap first:pl-4 last:pr-4">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)} className="border-t border-line align-top hover:bg-hover/60">
              {columns.map(({ title, cell }, index) =>
                index === 0 ? (
                  <th key={title} scope="row" className="px-3 py-1.5 pl-4 text-left font-medium break-all">
                    {cell(item)}
                  </th>
                ) : (
                  <td key={title} className="px-3 py-1.5 last:pr-4">
                    {cell(item)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
