import type { KindInfo, RowData } from '@quarterdeck/trpc'
import { asTone, StateBadge } from '@quarterdeck/ui'
import { createColumnHelper, columnVisibilityFeature, tableFeatures } from '@tanstack/react-table'
import type { ReactNode } from 'react'

import { columnTitle } from './column-title.ts'
import { ObjectLink } from './object-link.tsx'
import { UsageCell } from './usage-cell.tsx'
import { QuotaCell } from './quota-cell.tsx'
import { Age, Duration } from '../console/time.tsx'

export const listFeatures = tableFeatures({ columnVisibilityFeature })

const helper = createColumnHelper<typeof listFeatures, RowData>()

/** The columns of a kind's list: name, namespace, then what the kind declares. */
export function listColumnsOf(kind: KindInfo) {
  return [
    helper.accessor('name', { id: 'Name', header: 'Name', enableHiding: false }),
    ...(kind.isNamespaced ? [helper.accessor('namespace', { id: 'Namespace', header: 'Namespace' })] : []),
    ...kind.columns.map((column, index) =>
      helper.accessor((row) => row.cells[index] ?? null, {
        id: column.name,
        header: column.name,
        cell: ({ row }): ReactNode => <Cell kind={kind} row={row.original} column={column} index={index} />,
      }),
    ),
  ]
}

/** What kubectl writes where there is nothing. */
const nothing = new Set<unknown>([null, undefined, '', '<none>', '<unset>'])

export function isNothing(value: RowData['cells'][number] | undefined): boolean {
  return nothing.has(value)
}

const amountColumns = new Set(['Request', 'Limit'])

function Cell({
  kind,
  row,
  column,
  index,
}: {
  kind: KindInfo
  row: RowData
  column: KindInfo['columns'][number]
  index: number
}): ReactNode {
  const value = row.cells[index]
  if (column.name === 'State' && row.state)
    return <StateBadge text={row.state.text} tone={asTone(row.state.tone)} reason={row.state.reason} />
  if (column.type === 'usage') return <UsageCell row={row} column={column.name} />
  if (isNothing(value)) return <span className="text-faint">–</span>
  if (column.name === 'Object' && typeof value === 'string') return <ObjectLink text={value} namespace={row.namespace} />
  if (column.type === 'date') return <Age time={String(value)} />
  if (kind.resource === 'resourcequotas' && amountColumns.has(column.name)) return <QuotaCell text={String(value)} />
  if (column.type === 'restarts') {
    const [count, last] = String(value).split('/')
    return (
      <span className="tabular-nums">
        {count}
        {last && (
          <span className="text-muted">
            {' '}
            (<Age time={last} /> ago)
          </span>
        )}
      </span>
    )
  }
  if (column.type === 'duration') {
    const [from = '', to] = String(value).split('/')
    return <Duration from={from} to={to} />
  }
  if (typeof value === 'number') return <span className="tabular-nums">{value}</span>
  return <span title={String(value)}>{String(value)}</span>
}

/** So that the title of a column is not cut, its arrow included. */
const headCharacterPx = 6.4
const headRoomPx = 28

/** How wide a column is: as wide as what it usually holds, and what is text may grow. */
export function widthOf(column: string, { type, resource }: { type: string | undefined; resource: string }): string {
  const isEvent = resource.startsWith('events')
  if (column === 'Name' && isEvent) return 'minmax(88px, 0.4fr)'
  if (column === 'Namespace' && isEvent) return 'minmax(88px, 0.6fr)'
  if (column === 'Object') return 'minmax(184px, 1.6fr)'
  if (column === 'Reason') return 'minmax(124px, 0.8fr)'
  if (column === 'State' && isEvent) return '96px'
  if (column === 'Name') return resource.startsWith('storageclasses') ? 'minmax(140px, 2fr)' : 'minmax(164px, 2.4fr)'
  if (column === 'Namespace') return 'minmax(100px, 1fr)'
  if (column === 'State' && resource.startsWith('storageclasses')) return '104px'
  if (column === 'State') return resource === 'pods' ? 'minmax(172px, 1fr)' : 'minmax(144px, 1fr)'
  if (column === 'Message') return 'minmax(240px, 4fr)'
  if (column === 'Reference') return 'minmax(136px, 1.2fr)'
  if (column === 'Targets') return 'minmax(140px, 1.6fr)'
  if (column === 'MinPods' || column === 'MaxPods' || column === 'Replicas') return '72px'
  if (column === 'Request') return 'minmax(252px, 3fr)'
  if (column === 'Limit') return 'minmax(140px, 1.4fr)'
  if (column === 'Value') return 'minmax(116px, 0.6fr)'
  if (column === 'Last Schedule') return '108px'
  if (column === 'Endpoints') return 'minmax(184px, 2fr)'
  if (column === 'Port(s)') return 'minmax(148px, 1.4fr)'
  if (type === 'usage') return '104px'
  if (type === 'restarts') return 'minmax(120px, 0.6fr)'
  if (type === 'date' || type === 'duration') return 'minmax(84px, 0.4fr)'
  if (column === 'Provisioner') return 'minmax(176px, 1.2fr)'
  const headPx = Math.ceil(columnTitle(column).length * headCharacterPx + headRoomPx)
  if (type === 'integer' || type === 'boolean' || column === 'Ready') return `minmax(${Math.max(84, headPx)}px, 0.5fr)`
  return `minmax(${Math.max(100, headPx)}px, 1fr)`
}
