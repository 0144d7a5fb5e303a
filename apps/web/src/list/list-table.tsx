import type { KindInfo, RowData } from '@quarterdeck/trpc'
import { Checkbox, cn } from '@quarterdeck/ui'
import { useTable, type ColumnDef } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'

import { Loading } from '../api/loading.tsx'
import { useIsNarrow } from '../console/use-is-narrow.ts'
import { columnTitle } from './column-title.ts'
import { widthOf } from './column-widths.ts'
import { listColumnsOf, listFeatures } from './list-columns.tsx'
import type { ListParameters } from './list-parameters.ts'
import { NarrowRow } from './narrow-row.tsx'
import { RowMenu } from './row-menu.tsx'
import { RowName } from './row-name.tsx'
import { useListKeys } from './use-list-keys.ts'
import { UsageContext } from './usage-cell.tsx'
import type { Selection } from './use-selection.ts'
import type { WindowState } from './use-window.ts'

export interface ListTableProps {
  kind: KindInfo
  window: WindowState | undefined
  isStale: boolean
  sort: ListParameters['sort']
  onSort: (sort: ListParameters['sort']) => void
  visibility: Record<string, boolean>
  /** Tells which rows are on the screen. */
  onVisible: (first: number, last: number) => void
  selection: Selection
}

const rowHeight = 37
const narrowRowHeight = 60
const noRows: RowData[] = []

/** The rows on the screen out of any number; those not here yet are blank until they are. */
export function ListTable({ kind, window, isStale, sort, onSort, visibility, onVisible, selection }: ListTableProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const isNarrow = useIsNarrow()
  const [focused, setFocused] = useState(0)
  const columns = useMemo(() => listColumnsOf(kind), [kind])
  const table = useTable({
    features: listFeatures,
    columns: columns as ColumnDef<typeof listFeatures, RowData>[],
    data: window ? (window.rows as RowData[]) : noRows,
    state: { columnVisibility: visibility },
    getRowId: (row: RowData) => row.id,
  })
  const count = window?.matched ?? 0
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isNarrow ? narrowRowHeight : rowHeight),
    overscan: 8,
  })
  useEffect(() => virtualizer.measure(), [isNarrow, virtualizer])
  const items = virtualizer.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  useEffect(() => onVisible(first, last))

  const rows = table.getRowModel().rows
  const at = (index: number) => (window ? rows[index - window.offset] : undefined)
  const onKeyDown = useListKeys({
    kind,
    count,
    focused,
    rowAt: (index) => at(index)?.original,
    selection,
    focus: (index) => {
      setFocused(index)
      virtualizer.scrollToIndex(index)
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus())
    },
  })
  const shown = table.getVisibleLeafColumns()
  const template = [
    '32px',
    ...shown.map((column) => widthOf(column.id, { type: kind.columns.find((c) => c.name === column.id)?.type, resource: kind.resource })),
    '36px',
  ].join(' ')
  const allHere = window?.rows ?? noRows
  const isAllSelected = allHere.length > 0 && allHere.every((row) => selection.has(row.id))

  if (!window) return <Loading />
  return (
    <UsageContext value={window.usage}>
      <div
        ref={scroller}
        role="grid"
        aria-label={kind.kind}
        aria-rowcount={count + 1}
        aria-colcount={shown.length + 2}
        aria-busy={isStale}
        onKeyDown={onKeyDown}
        className={cn('min-h-0 flex-1 overflow-auto border-t border-line bg-surface', isStale && 'opacity-70')}
      >
        <div className={cn(!isNarrow && 'min-w-fit')}>
          <div
            role="row"
            aria-rowindex={1}
            className="sticky top-0 z-10 grid border-b border-line bg-surface px-3 text-xs text-muted sm:px-5"
            style={{ gridTemplateColumns: isNarrow ? '32px 1fr' : template }}
          >
            <div role="columnheader" className="flex h-8 items-center">
              <Checkbox
                label="Select the rows that are loaded"
                isChecked={isAllSelected ? true : selection.rows.length > 0 ? 'indeterminate' : false}
                onChange={(next) => (next ? selection.set(allHere) : selection.clear())}
              />
            </div>
            {(isNarrow ? shown.slice(0, 1) : shown).map((column) => (
              <HeaderCell
                key={column.id}
                name={column.id}
                description={kind.columns.find((c) => c.name === column.id)?.description}
                sort={sort}
                onSort={onSort}
              />
            ))}
            {!isNarrow && (
              <div role="columnheader">
                <span className="sr-only">Actions</span>
              </div>
            )}
          </div>
          <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {items.map((item) => {
              const row = at(item.index)
              const data = row?.original
              const isSelected = data !== undefined && selection.has(data.id)
              return (
                <div
                  key={data?.id ?? item.key}
                  role="row"
                  aria-rowindex={item.index + 2}
                  aria-selected={isSelected}
                  data-index={item.index}
                  data-name={data?.name}
                  tabIndex={item.index === focused ? 0 : -1}
                  onFocus={() => setFocused(item.index)}
                  className={cn(
                    'group absolute inset-x-0 grid items-center border-b border-line/70 px-3 outline-none sm:px-5',
                    'focus-visible:bg-selected focus-visible:shadow-[inset_2px_0_0_var(--accent)]',
                    isSelected ? 'bg-selected' : 'hover:bg-hover/60',
                    data?.isDeleting && 'opacity-60',
                  )}
                  style={{
                    height: item.size,
                    transform: `translateY(${item.start}px)`,
                    gridTemplateColumns: isNarrow ? '32px 1fr 36px' : template,
                  }}
                >
                  <div role="gridcell" className="flex items-center">
                    {data && (
                      <Checkbox
                        label={`Select ${data.name}`}
                        isChecked={isSelected}
                        onChange={() => selection.toggle(data)}
                        tabIndex={-1}
                      />
                    )}
                  </div>
                  {!row || !data ? (
                    <div role="gridcell" className="h-2.5 w-40 rounded bg-hover" aria-label="Loading" />
                  ) : isNarrow ? (
                    <NarrowRow kind={kind} row={data} />
                  ) : (
                    row.getVisibleCells().map((cell) => (
                      <div key={cell.id} role="gridcell" className="min-w-0 truncate pr-3">
                        {cell.column.id === 'Name' ? <RowName kind={kind} row={data} /> : <table.FlexRender cell={cell} />}
                      </div>
                    ))
                  )}
                  <div role="gridcell">{data && <RowMenu kind={kind} row={data} />}</div>
                </div>
              )
            })}
          </div>
        </div>
      </div>
    </UsageContext>
  )
}

interface HeaderCellProps {
  name: string
  description: string | undefined
  sort: ListParameters['sort']
  onSort: (sort: ListParameters['sort']) => void
}

function HeaderCell({ name, description, sort, onSort }: HeaderCellProps) {
  const isSorted = sort.column === name
  const Arrow = sort.descending ? ArrowDown : ArrowUp
  return (
    <div
      role="columnheader"
      aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      className="flex h-8 min-w-0 items-center"
    >
      <button
        type="button"
        title={description}
        onClick={() => onSort({ column: name, descending: isSorted ? !sort.descending : false })}
        className={cn(
          'focus-ring flex min-w-0 cursor-pointer items-center gap-1 rounded font-medium hover:text-ink',
          isSorted && 'text-ink',
        )}
      >
        <span className="truncate">{columnTitle(name)}</span>
        {isSorted && <Arrow className="size-3 shrink-0" aria-hidden />}
      </button>
    </div>
  )
}
