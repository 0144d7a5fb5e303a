import type { KindInfo, RowData } from '@quarterdeck/trpc'
import { StateBadge, asTone } from '@quarterdeck/ui'

import { Age } from '../console/time.tsx'
import { RowName } from './row-name.tsx'

/** A row on a phone: its name, and below it how it is, where, and how old. */
export function NarrowRow({ kind, row }: { kind: KindInfo; row: RowData }) {
  const ready = kind.columns.findIndex((column) => column.name === 'Ready')
  return (
    <div role="gridcell" className="min-w-0">
      <div className="truncate">
        <RowName kind={kind} row={row} />
      </div>
      <div className="flex min-w-0 items-center gap-2 text-xs text-muted">
        {row.state && <StateBadge text={row.state.text} tone={asTone(row.state.tone)} className="shrink-0" />}
        {ready >= 0 && row.cells[ready] !== null && <span className="shrink-0">{String(row.cells[ready])} ready</span>}
        {row.namespace && <span className="truncate">{row.namespace}</span>}
        <span className="ml-auto shrink-0">
          <Age time={row.createdAt} />
        </span>
      </div>
    </div>
  )
}
