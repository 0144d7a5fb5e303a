import type { KindInfo, RowData } from '@quarterdeck/trpc'
import { StateBadge, asTone } from '@quarterdeck/ui'

import { Age } from '../console/time.tsx'
import { columnTitle } from './column-title.ts'
import { isNothing } from './list-columns.tsx'
import { RowName } from './row-name.tsx'

/** A row on a phone: its name, and below it how it is, what else its kind tells first, where, and how old. */
export function NarrowRow({ kind, row }: { kind: KindInfo; row: RowData }) {
  return kind.resource.startsWith('events') ? <EventRow kind={kind} row={row} /> : <ObjectRow kind={kind} row={row} />
}

function ObjectRow({ kind, row }: { kind: KindInfo; row: RowData }) {
  const ready = cellOf(kind, row, 'Ready')
  return (
    <div role="gridcell" className="min-w-0">
      <div className="truncate">
        <RowName kind={kind} row={row} />
      </div>
      <div className="flex min-w-0 items-center gap-2 text-xs text-muted">
        {row.state && <StateBadge text={row.state.text} tone={asTone(row.state.tone)} className="shrink-0" />}
        {ready && <span className="shrink-0">{ready} ready</span>}
        {!row.state && <span className="min-w-0 truncate">{firstCells(kind, row).join(' · ')}</span>}
        {row.namespace && <span className={row.state ? 'truncate' : 'ml-auto max-w-[45%] shrink-0 truncate'}>{row.namespace}</span>}
        <span className={row.state || !row.namespace ? 'ml-auto shrink-0' : 'shrink-0'}>
          <Age time={row.createdAt} />
        </span>
      </div>
    </div>
  )
}

/** Of an event, what happened to what: its name says nothing to a reader. */
function EventRow({ kind, row }: { kind: KindInfo; row: RowData }) {
  const seen = cellOf(kind, row, 'Last Seen')
  return (
    <div role="gridcell" className="min-w-0">
      <div className="flex min-w-0 items-center gap-2">
        {row.state && <StateBadge text="" tone={asTone(row.state.tone)} reason={row.state.text} className="shrink-0" />}
        <RowName kind={kind} row={row}>
          {cellOf(kind, row, 'Reason')}
        </RowName>
        <span className="min-w-0 truncate text-xs text-muted">{cellOf(kind, row, 'Object')}</span>
        <span className="ml-auto shrink-0 text-xs text-muted">{seen && <Age time={seen} />}</span>
      </div>
      <div className="truncate text-xs text-muted">{cellOf(kind, row, 'Message')}</div>
    </div>
  )
}

function cellOf(kind: KindInfo, row: RowData, column: string): string | undefined {
  const cell = row.cells[kind.columns.findIndex(({ name }) => name === column)]
  return isNothing(cell) ? undefined : String(cell)
}

/** Columns that need more than a line of text. */
const drawn = new Set(['date', 'duration', 'usage'])
const shownAtMost = 3

/** The cells that the narrow output of kubectl shows first, numbers with what they count. */
function firstCells({ columns }: KindInfo, row: RowData): string[] {
  return columns
    .flatMap(({ name, type, priority }, index) => {
      const cell = row.cells[index]
      if (priority > 0 || drawn.has(type) || isNothing(cell)) return []
      return typeof cell === 'string' ? [cell] : [`${columnTitle(name).toLowerCase()} ${String(cell)}`]
    })
    .slice(0, shownAtMost)
}
