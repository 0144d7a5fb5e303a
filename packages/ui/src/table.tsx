import { type ReactNode, useState } from 'react'

import { cn } from './class-names.ts'
import { ShowMore } from './show-more.tsx'

export interface TableColumn<T> {
  title: string
  /** Said in full where the title is short. */
  description?: string
  /** Text is on one line, figures stand on the right, and what is long goes on in the next line. Default text. */
  holds?: 'text' | 'long text' | 'figures'
  cell: (item: T) => ReactNode
}

export interface TableProps<T> {
  label: string
  items: readonly T[]
  keyOf: (item: T) => string
  /** The first names the row. One that says nothing of any item is left out. */
  columns: readonly TableColumn<T>[]
  /** What is said where there are no items. */
  empty?: string
  /** Of more rows than these, the others are left out until they are asked for. */
  shownAtFirst?: number
}

/** These columns, which hold figures. */
export function figures<T>(columns: readonly Omit<TableColumn<T>, 'holds'>[]): TableColumn<T>[] {
  return columns.map((column) => ({ ...column, holds: 'figures' }))
}

const looks = {
  text: 'whitespace-nowrap',
  'long text': 'min-w-40 wrap-anywhere',
  figures: 'text-right whitespace-nowrap tabular-nums',
} as const

/** A small table: no sorting, no menus. Scrolls sideways where it is narrow; the names stay. */
export function Table<T>({ label, items, keyOf, columns, empty, shownAtFirst = Infinity }: TableProps<T>) {
  const [isWhole, setIsWhole] = useState(false)
  if (items.length === 0) return empty && <p className="px-4 py-3 text-sm text-muted">{empty}</p>
  const [names, ...others] = columns
  const shown = others.filter(({ cell }) => items.some((item) => !isEmpty(cell(item))))
  return (
    <>
      <div className="focus-ring overflow-x-auto rounded-b-[7px]" role="region" aria-label={label} tabIndex={0}>
        <table className="w-full text-sm">
          <thead>
            <tr className="text-left text-xs text-muted">
              {names && (
                <th scope="col" title={names.description} className="sticky left-0 bg-surface px-4 py-2 font-medium">
                  {names.title}
                </th>
              )}
              {shown.map(({ title, description, holds }) => (
                <th
                  key={title}
                  scope="col"
                  title={description}
                  className={cn('px-3 py-2 font-medium whitespace-nowrap last:pr-4', holds === 'figures' && 'text-right')}
                >
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.slice(0, isWhole ? undefined : shownAtFirst).map((item) => (
              <tr key={keyOf(item)} className="border-t border-line/70 align-baseline hover:bg-hover/60">
                <th
                  scope="row"
                  className={cn('sticky left-0 bg-surface px-4 py-1.5 text-left font-medium', looks[names?.holds ?? 'long text'])}
                >
                  {names?.cell(item)}
                </th>
                {shown.map(({ title, holds = 'text', cell }) => (
                  <td key={title} className={cn('px-3 py-1.5 last:pr-4', looks[holds])}>
                    {cell(item)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ShowMore count={items.length - shownAtFirst} isWhole={isWhole} onChange={setIsWhole} />
    </>
  )
}

/** Whether there is nothing to see. An element counts as something: leave out what would render nothing. */
export function isEmpty(value: ReactNode): boolean {
  return value === undefined || value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0)
}
