import { cn } from '@quarterdeck/ui'
import type { ReactNode } from 'react'

import { isEmpty } from '../facts.tsx'

export interface PlainColumn<T> {
  title: string
  /** Whether it may hold more than fits on a line, and then goes on in the next. */
  isLong?: boolean
  cell: (item: T) => ReactNode
}

export interface PlainTableProps<T> {
  label: string
  items: readonly T[]
  keyOf: (item: T) => string
  columns: readonly PlainColumn<T>[]
}

/** A few columns of words; the first names the row. Columns that say nothing are left out. Scrolls sideways where it is narrow. */
export function PlainTable<T>({ label, items, keyOf, columns }: PlainTableProps<T>) {
  const shown = columns.filter(({ cell }, index) => index === 0 || items.some((item) => !isEmpty(cell(item))))
  return (
    <div className="focus-ring overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
      <table className="w-full text-sm">
        <thead>
          <tr className="text-left text-xs text-muted">
            {shown.map(({ title }) => (
              <th key={title} scope="col" className="px-3 py-2 font-medium whitespace-nowrap first:pl-4 last:pr-4">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)} className="border-t border-line align-top hover:bg-hover/60">
              {shown.map(({ title, isLong, cell }, index) =>
                index === 0 ? (
                  <th key={title} scope="row" className="min-w-32 px-3 py-1.5 pl-4 text-left font-medium wrap-anywhere">
                    {cell(item)}
                  </th>
                ) : (
                  <td key={title} className={cn('px-3 py-1.5 last:pr-4', isLong ? 'min-w-40 wrap-anywhere' : 'whitespace-nowrap')}>
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
