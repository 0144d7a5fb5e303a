import type { KindInfo, RowData } from '@quarterdeck/trpc'
import { asTone, StateBadge } from '@quarterdeck/ui'
import { createColumnHelper, columnVisibilityFeature, tableFeatures } from '@tanstack/react-table'
import type { ReactNode } from 'react'

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
